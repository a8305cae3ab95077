package ollama

import (
	"bytes"
	"testing"

	"asbru/adapters/trial"
	"asbru/bench/corpus"
	"asbru/core/scan"
)

// seed adds what of picks from the recordings, if there are any.
func seed(f *testing.F, of func(c *corpus.Case) [][]byte) {
	if corpus.Dir() == "" {
		return
	}
	for _, c := range recorded(f, "ollama_chat") {
		for _, b := range of(c) {
			f.Add(b)
		}
	}
}

func FuzzParseRequest(f *testing.F) {
	f.Add(sample)
	seed(f, func(c *corpus.Case) [][]byte {
		if c.Request == nil {
			return nil
		}
		return [][]byte{c.Request.Body}
	})
	f.Fuzz(func(t *testing.T, b []byte) { trial.Request(t, API, chat, b) })
}

func FuzzParseReply(f *testing.F) {
	f.Add(sampleReply)
	seed(f, func(c *corpus.Case) [][]byte { return [][]byte{c.Response.Body} })
	f.Fuzz(func(t *testing.T, b []byte) { trial.Reply(t, API, chat, b) })
}

func FuzzParseEvent(f *testing.F) {
	for _, e := range sampleEvents {
		f.Add([]byte(e))
	}
	f.Add(bytes.Join(frames(sampleEvents), []byte("\n")))
	f.Fuzz(func(t *testing.T, b []byte) {
		written, valid := trial.Events(t, chat, b)
		if !valid {
			return
		}
		new(lines).feed(written, func(data []byte) {
			if err := scan.Valid(data); err != nil {
				t.Errorf("wrote %s: %v", data, err)
			}
		})
	})
}
