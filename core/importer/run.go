package importer

import (
	"fmt"
	"strings"

	"asbru/core/config"
)

// A run is one import: the document so far, the problems so far, and which parts of the source have
// been read.
type run struct {
	format
	name  string // of the source file
	o     Options
	doc   config.Document
	notes []config.Problem

	untold  int
	left    map[*config.Value]bool   // reported as left out
	seen    map[*config.Value]bool   // read: imported or reported
	origins map[string]*config.Value // source of each path in doc
	names   map[string]bool          // names in use, with their kind before a colon
	standIn map[string]string        // a value for each referenced variable
	copied  map[string]string        // literal secret → the variable that replaces it
}

func newRun(f format, name string, o Options) *run {
	return &run{format: f, name: name, o: o, left: map[*config.Value]bool{}, seen: map[*config.Value]bool{}, origins: map[string]*config.Value{},
		names: map[string]bool{}, standIn: map[string]string{}, copied: map[string]string{}}
}

// note adds a problem, up to the bound for warnings. Errors are always added.
func (r *run) note(p config.Problem) {
	if len(r.notes) >= maxNotes && p.Severity == config.Warning {
		r.untold++
		return
	}
	p.File = r.name
	r.notes = append(r.notes, p)
}

func (r *run) fail(v *config.Value, message string) {
	r.note(config.Problem{Line: v.Line, Column: v.Column, Path: v.Path, Message: message})
}

// strays reports each field below v that has not been read.
func (r *run) strays(v *config.Value) {
	for _, m := range v.Members {
		if strings.HasPrefix(m.Name, "$") || strings.HasPrefix(m.Name, "_comment") {
			continue
		}
		r.stray(m.Value)
	}
	for _, c := range v.Items {
		r.stray(c)
	}
}

func (r *run) stray(v *config.Value) {
	if r.seen[v] {
		r.strays(v)
		return
	}
	r.note(config.Problem{Line: v.Line, Column: v.Column, Path: v.Path, Severity: config.Warning,
		Message: "is left out: " + r.what + " is not known here to have it"})
}

// called makes a valid, unused name of the kind what (provider, key …) from text, and reports it if
// it differs.
func (r *run) called(what, text string, at field) string {
	clean := strings.Map(func(c rune) rune {
		if c < 0x80 && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("._-", c)) {
			return c
		}
		return '-'
	}, text)
	clean = strings.TrimLeft(clean, "._-")
	clean = clean[:min(len(clean), maxName)]
	if clean == "" {
		clean = "imported"
	}
	if (what == "virtual key" || what == "team" || what == "customer") && config.HolderName(text) {
		clean = text
	}
	name := clean
	for n := 2; r.names[what+":"+name]; n++ {
		tail := fmt.Sprintf("-%d", n)
		name = strings.ToValidUTF8(clean[:min(len(clean), maxName-len(tail))], "") + tail
	}
	r.names[what+":"+name] = true
	if name != text {
		at.partly("is called %s here", name)
	}
	return name
}

// stand returns the made-up value of a variable for checking a document.
func (r *run) stand(variable string) (string, bool) {
	value, ok := r.standIn[variable]
	return value, ok
}

// refers notes that the document refers to a variable. like is a plausible value; empty if any value
// will do.
func (r *run) refers(variable, like string) {
	if r.standIn[variable] == "" || like != "" {
		if like == "" {
			like = "imported-value-of-" + strings.ToLower(strings.ReplaceAll(variable, "_", "-"))
		}
		r.standIn[variable] = like
	}
}
