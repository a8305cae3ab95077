package importer

// A left field has no counterpart: its name and why.
type left struct{ name, why string }

// leaveAll tells those of a table that are there.
func (f field) leaveAll(table []left) {
	for _, l := range table {
		f.at(l.name).leave("%s", l.why)
	}
}
