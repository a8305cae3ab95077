package importer

import (
	"path"
	"strings"

	"asbru/core/config"
)

// Decode is config.Decode for files that may also be Bifrost's config.json. Such a file is imported,
// literal secrets included, and the result decoded. Problems refer to the file itself,
// wherever they arise; besides a Document there are Warnings about what was left out.
func Decode(name string, data []byte, env config.Env) (*config.Document, []config.Problem) {
	if !foreign(name, data) {
		return config.Decode(name, data, env)
	}
	r := Import("bifrost", name, data, Options{Env: env, Secrets: true, serve: true})
	if r.Document == nil {
		return nil, r.Notes
	}
	doc, problems := config.Decode("imported.yaml", r.Document, env)
	r.place(name, problems)
	if doc == nil {
		return nil, problems // these errors come first
	}
	return doc, config.Join(problems, r.Notes)
}

// Locate is config.Locate for the files of Decode.
func Locate(name string, data []byte, env config.Env, problems []config.Problem) {
	if len(problems) == 0 {
		return
	}
	if !foreign(name, data) {
		config.Locate(name, data, problems)
		return
	}
	Import("bifrost", name, data, Options{Env: env, Secrets: true, serve: true}).place(name, problems)
}

// place rewrites problems of the document to the source positions that caused them.
func (r Result) place(name string, problems []config.Problem) {
	for i := range problems {
		p := &problems[i]
		p.File, p.Line, p.Column = name, 0, 0
		if v := origin(r.origins, p.Path); v != nil {
			p.Line, p.Column = v.Line, v.Column
		}
	}
}

// foreign reports whether a file is Bifrost's: JSON in which providers are an object, where ours
// are a list.
func foreign(name string, data []byte) bool {
	if ext := path.Ext(name); ext != ".json" && ext != "" || !strings.Contains(string(data), "{") {
		return false
	}
	root, _ := config.Read(name, data)
	if root == nil {
		return false
	}
	for _, m := range root.Members {
		if m.Name == "providers" {
			return m.Value.Form == config.Object
		}
	}
	return false
}
