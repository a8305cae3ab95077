package importer

// A left field has no counterpart here; it has a name and a reason.
type left struct{ name, why string }

// leaveAll reports those fields of a table that are present.
func (f field) leaveAll(table []left) {
	for _, l := range table {
		f.at(l.name).leave("%s", l.why)
	}
}
