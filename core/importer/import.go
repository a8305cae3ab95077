package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"asbru/core/config"
)

// Options say how to import. With the zero Options no secret is copied.
type Options struct {
	Env     config.Env // Known is required; Lookup is not used
	Secrets bool       // copy literal secrets; otherwise the document refers to variables in their place

	serve bool // nobody will complete the document: leave out what lacks a secret
}

// A Result is the outcome of an import. Notes refer to the source: an Error means that there is no
// Document, a Warning that something was left out or not fully imported, and why.
type Result struct {
	Document []byte // YAML; nil after an Error
	Notes    []config.Problem

	Providers, Aliases, Keys int // in the Document

	standIn map[string]string        // a value for each variable that Document refers to
	origins map[string]*config.Value // source of each part of the Document, by its path
}

// A format is a kind of configuration that can be imported.
type format struct {
	name  string
	what  string // its name in messages
	read  func(*run, field)
	refer func(text string) (variable string, ok bool) // parses a reference to a variable
}

// StandIn returns a value that a variable of Document may have, for callers that only check the Document.
func (r Result) StandIn(variable string) (value string, ok bool) {
	value, ok = r.standIn[variable]
	return value, ok
}

// formats lists all formats.
func formats() []format {
	return []format{
		{name: "bifrost", what: "Bifrost's config.json", read: bifrostDocument, refer: bifrostReference},
		{name: "litellm", what: "LiteLLM's config.yaml", read: litellmDocument, refer: litellmReference},
	}
}

// Formats returns the names that Import accepts.
func Formats() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// Import converts data, a file of the named format, into a document. name is the file's name in
// Notes. It panics if form is not among Formats.
func Import(form, name string, data []byte, o Options) Result {
	at := slices.IndexFunc(formats(), func(f format) bool { return f.name == form })
	if at < 0 {
		panic("BUG: no format is called " + form)
	}
	return formats()[at].convert(name, data, o)
}

func (f format) convert(name string, data []byte, o Options) Result {
	root, problems := config.Read(name, data)
	if root == nil {
		return Result{Notes: problems}
	}
	r := newRun(f, name, o)
	if root.Form != config.Object {
		r.fail(root, "is "+root.Form.String()+", not "+f.what)
		return r.result(nil)
	}
	f.read(r, r.root(root))
	r.strays(root)
	text := config.EncodeWritten(&r.doc)
	r.check(text)
	return r.result(append([]byte("# Made of "+f.what+" by asbru import; what has no counterpart here is left out.\n"), text...))
}

// check validates and compiles the document with a made-up value for each variable.
func (r *run) check(text []byte) {
	env := config.Env{Known: r.o.Env.Known, Lookup: r.stand}
	_, problems := config.Decode("imported.yaml", text, env)
	for _, p := range problems {
		if p.Severity == config.Error {
			r.place(&p)
			p.Message, p.Hint = "what was made of it cannot be used: "+p.Path+": "+p.Message, "complete it there and import again"
			r.note(p)
		}
	}
}

// place moves a problem of the document to the position in the source that caused it.
func (r *run) place(p *config.Problem) {
	p.File, p.Line, p.Column = r.name, 0, 0
	if v := r.origin(p.Path); v != nil {
		p.Line, p.Column = v.Line, v.Column
	}
}

func (r *run) origin(path string) *config.Value { return origin(r.origins, path) }

// origin returns the source of the part of a document at path, or of what encloses it.
func origin(origins map[string]*config.Value, path string) *config.Value {
	for path != "" {
		if v := origins[path]; v != nil {
			return v
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return nil
}

func (r *run) result(document []byte) Result {
	slices.SortStableFunc(r.notes, func(a, b config.Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Path, b.Path))
	})
	if r.untold > 0 {
		r.notes = append(r.notes, config.Problem{File: r.name, Severity: config.Warning, Message: fmt.Sprintf("%d more are not told", r.untold)})
	}
	if config.Failed(r.notes) {
		document = nil
	}
	return Result{Document: document, Notes: r.notes, standIn: r.standIn, origins: r.origins,
		Providers: len(r.doc.Providers), Aliases: len(r.doc.Models), Keys: len(r.doc.VirtualKeys)}
}
