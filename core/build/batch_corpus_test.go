package build

import (
	"testing"

	"asbru/bench/corpus"
	"asbru/core/batch"
	"asbru/core/price"
)

// What providers were recorded to say of batches is read: their names, how they stand, and what each result used.
func TestBatchesRecorded(t *testing.T) {
	forms := map[string]batch.Form{"openai": batch.OpenAI, "anthropic": batch.Anthropic, "gemini": batch.Gemini}
	for _, c := range corpus.Cases(t, func(c *corpus.Case) bool {
		return c.API == "batches" && forms[c.Provider] != batch.NoForm && c.Response.Status == 200
	}) {
		form := forms[c.Provider]
		b := Batched{Note: &batch.Note{Form: form.String()}}
		results, n := []byte(nil), 0
		if s, err := batch.Read(form, c.Bytes()); err == nil {
			if s.Word == "" {
				t.Errorf("%s: it does not say how it stands", c.ID)
			}
			results = s.Inline
		} else {
			results = append(append([]byte{'['}, c.Bytes()...), ']')
		}
		err := batch.Elements(results, func(line []byte) error {
			n++
			r, ok := batch.ReadResult(form, line, b.Usage())
			if !ok || !r.Failed && price.Judge(&r.Usage) != price.Sound {
				t.Errorf("%s: a result is %+v, %v", c.ID, r, ok)
			}
			return nil
		})
		if err != nil || results != nil && n == 0 {
			t.Errorf("%s: %d results, %v", c.ID, n, err)
		}
	}
}
