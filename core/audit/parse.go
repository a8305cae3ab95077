package audit

import "asbru/core"

// ParseCall unpacks the output of AppendCall. The Call is a copy. An error means that the
// bytes are not a call, or of an unknown version.
func ParseCall(b []byte) (Call, error) {
	r := &reader{b: b}
	if r.byte() != callVersion {
		return Call{}, errPacked
	}
	var c Call
	flags := r.byte()
	c.Stream, c.Keyed, c.Ends = flags&flagStream != 0, flags&flagKeyed != 0, flags&flagEnds != 0
	var guard byte
	c.Op, c.Fault, c.Recall, guard = core.Op(r.byte()), core.Code(r.byte()), core.Recall(r.byte()), r.byte()
	c.Status = r.u16()
	copy(c.ID[:], r.bytes(16))
	c.Time, c.Took, c.Cost = r.time(), r.int(), core.Money(r.int())
	for _, s := range [...]*string{&c.Key, &c.Team, &c.Customer, &c.Asked, &c.Served, &c.Provider} {
		*s = r.name()
	}
	c.Usage.Bad = flags&flagBad != 0
	if flags&flagKnown != 0 {
		c.Usage.Known = true
		r.usage(&c.Usage)
	}
	if flags&flagSearched != 0 {
		c.Usage.Searches = core.SearchesOf(r.int())
	}
	if flags&flagPrompt != 0 {
		copy(c.Prompt[:], r.bytes(len(c.Prompt)))
	}
	if flags&flagSession != 0 {
		copy(c.Session[:], r.bytes(len(c.Session)))
	}
	c.Attempts = r.attempts()
	c.Guard = string(r.bytes(int(guard)))
	if r.short || len(r.b) != 0 || c.Op >= core.NumOps || c.Fault >= core.NumCodes || c.Recall >= core.NumRecalls {
		return Call{}, errPacked
	}
	return c, nil
}

func (r *reader) usage(u *core.Usage) {
	for _, n := range [...]*int64{&u.In, &u.CachedIn, &u.WrittenIn, &u.KeptIn, &u.AudioIn, &u.ImageIn, &u.Out, &u.Reasoning, &u.AudioOut, &u.ImageOut} {
		*n = r.int()
	}
}

func (r *reader) attempts() []Attempt {
	n := int(r.byte())
	if n > core.MostAttempts {
		r.short = true
		return nil
	}
	all := make([]Attempt, n)
	for i := range all {
		a := &all[i]
		a.Target, a.Key, a.Status = r.name(), r.name(), r.u16()
		bits := r.byte()
		a.Cause = core.Cause(bits & (attemptBeside - 1))
		a.Beside, a.Resume = bits&attemptBeside != 0, bits&attemptResumes != 0
		a.Took = r.int()
		if a.Cause > core.Outrun {
			r.short = true
			return nil
		}
	}
	return all
}
