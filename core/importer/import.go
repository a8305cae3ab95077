package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"asbru/core/config"
)

// Options say how to import. The zero Options copy no secret.
type Options struct {
	Env     config.Env // Known is needed; Lookup is not asked
	Secrets bool       // literal secrets are copied; otherwise the document refers to variables in their place

	serve bool // nobody completes the document: what lacks a secret is left out
}

// A Result is what became of a file. Notes are about the source: an Error says that there is no
// Document, each Warning what was left out, or not taken over wholly, and why.
type Result struct {
	Document []byte // YAML; nil after an Error
	Notes    []config.Problem

	Providers, Aliases, Keys int // in the Document

	standIn map[string]string        // for each variable that Document refers to
	origins map[string]*config.Value // where a part of the Document comes from, by its path
}

// A format is a configuration that can be imported.
type format struct {
	name  string
	what  string // for a message
	read  func(*run, field)
	refer func(text string) (variable string, ok bool) // reads a reference to a variable
}

// StandIn is a value that a variable of Document may have, for who only looks at the Document.
func (r Result) StandIn(variable string) (value string, ok bool) {
	value, ok = r.standIn[variable]
	return value, ok
}

// formats lists all of them.
func formats() []format {
	return []format{
		{name: "bifrost", what: "Bifrost's config.json", read: bifrostDocument, refer: bifrostReference},
		{name: "litellm", what: "LiteLLM's config.yaml", read: litellmDocument, refer: litellmReference},
	}
}

// Formats are the names that Import knows.
func Formats() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// Import turns data, a file of the named format, into a document. name is what Notes call the
// file. It panics on a format that is not among Formats.
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

// check holds the document against what would be served, with a made-up value in each variable.
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

// place moves a problem of the document to where the source says that.
func (r *run) place(p *config.Problem) {
	p.File, p.Line, p.Column = r.name, 0, 0
	if v := r.origin(p.Path); v != nil {
		p.Line, p.Column = v.Line, v.Column
	}
}

func (r *run) origin(path string) *config.Value { return origin(r.origins, path) }

// origin is what the part of a document at path was made of, or what it stands in.
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
