package importer

import (
	"fmt"

	"asbru/core/config"
)

// A field is a value of the source. A missing one has a nil value and every method returns the zero
// value. Reading a field marks it as imported; a field that is not imported must be reported with
// leave or partly.
type field struct {
	r *run
	v *config.Value // nil: missing
}

func (r *run) root(v *config.Value) field {
	r.seen[v] = true
	return field{r, v}
}

// there reports whether the source has a value.
func (f field) there() bool { return f.v != nil && f.v.Form != config.Null }

// at returns the member called name.
func (f field) at(name string) field {
	if f.v != nil {
		for _, m := range f.v.Members {
			if m.Name == name {
				f.r.seen[m.Value] = true
				return field{f.r, m.Value}
			}
		}
	}
	return field{f.r, nil}
}

// A named field is a member of an object.
type named struct {
	name string
	field
}

// members returns the members of an object.
func (f field) members() (all []named) {
	if !f.is(config.Object) {
		return nil
	}
	for _, m := range f.v.Members {
		f.r.seen[m.Value] = true
		all = append(all, named{m.Name, field{f.r, m.Value}})
	}
	return all
}

// items returns the items of a list.
func (f field) items() (all []field) {
	if !f.is(config.List) {
		return nil
	}
	for _, v := range f.v.Items {
		f.r.seen[v] = true
		all = append(all, field{f.r, v})
	}
	return all
}

// object reports whether f is an object, and reports a problem if it is something else.
func (f field) object() bool { return f.is(config.Object) }

// is reports whether f has a form, and reports a problem if it has another.
func (f field) is(want config.Form) bool {
	if !f.there() {
		return false
	}
	if f.v.Form != want {
		f.leave("it is %s, expected %s", f.v.Form, want)
		return false
	}
	return true
}

// tell adds a warning about f.
func (f field) tell(hint, format string, args ...any) {
	if f.v != nil {
		f.r.note(config.Problem{Line: f.v.Line, Column: f.v.Column, Path: f.v.Path, Severity: config.Warning,
			Message: fmt.Sprintf(format, args...), Hint: hint})
	}
}

// leave reports that f, if present, is left out with everything in it, and why.
func (f field) leave(why string, args ...any) {
	if !f.there() || f.r.left[f.v] {
		return
	}
	f.r.left[f.v] = true
	f.see(f.v)
	held := ""
	if n := fields(f.v); f.v.Form >= config.List && n > 0 {
		held = fmt.Sprintf(" (%s in it)", plural(n, "value"))
	}
	f.tell("", "is left out: %s%s", fmt.Sprintf(why, args...), held)
}

// partly reports that f is not fully imported, or with another meaning.
func (f field) partly(how string, args ...any) { f.tell("", how, args...) }

// see marks everything in v as read.
func (f field) see(v *config.Value) {
	f.r.seen[v] = true
	for _, m := range v.Members {
		f.see(m.Value)
	}
	for _, c := range v.Items {
		f.see(c)
	}
}

// fields counts the scalars in v.
func fields(v *config.Value) (n int) {
	for _, m := range v.Members {
		n += fields(m.Value)
	}
	for _, c := range v.Items {
		n += fields(c)
	}
	if v.Form < config.List {
		n++
	}
	return n
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
