package hotpath

// taken counts the buffers out of each loop. The loops must have ended.
func (f *fleet) taken() (all []int) {
	for _, l := range f.loops {
		all = append(all, l.bufs.Taken)
	}
	return all
}
