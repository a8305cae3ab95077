package importer

import (
	"bytes"
	"testing"

	"asbru/core/config"
)

// FuzzImport makes documents of whatever comes. What is made has to be a document that could be
// served, and each note has to be about the file.
func FuzzImport(f *testing.F) {
	f.Add(false, false, sample(f, "bifrost-open.json")) // the small ones: large inputs are shortened for ever
	f.Add(true, false, sample(f, "litellm-small.yaml"))
	f.Add(false, true, []byte(`{"providers":{"openai":{"keys":[{"value":"env.","weight":1e309,"models":["*",1,null]}]}},"governance":{"budgets":[{}],"rate_limits":[[]]}}`))
	f.Add(true, true, []byte("model_list: &a [{model_name: '*', litellm_params: {model: '/*', weight: -1}}, *a]"))
	f.Fuzz(func(t *testing.T, litellm, secrets bool, data []byte) {
		form, name := "bifrost", "config.json"
		if litellm {
			form, name = "litellm", "config.yaml"
		}
		r := Import(form, name, data, Options{Env: known(), Secrets: secrets})
		for _, n := range r.Notes {
			if n.File != name || n.Message == "" {
				t.Fatalf("a note without a file or a message: %+v", n)
			}
		}
		if (r.Document == nil) != config.Failed(r.Notes) {
			t.Fatalf("document: %v, notes: %s", r.Document != nil, told(r.Notes))
		}
		if again := Import(form, name, data, Options{Env: known(), Secrets: secrets}); !bytes.Equal(r.Document, again.Document) || told(again.Notes) != told(r.Notes) {
			t.Fatal("the second import says something else than the first")
		}
	})
}
