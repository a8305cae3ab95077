package openai

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"asbru/core"
)

// Whatever replies were read before, the forms learnt from them never change what is read in the next one.
func TestFormsReadWhatTheReaderReads(t *testing.T) {
	own, recorded := usageTails()
	hits, seen := 0, new(core.Forms)
	rnd := rand.New(rand.NewPCG(7, 7))
	for range 60000 {
		replies := own
		if len(recorded) > 0 && rnd.IntN(2) == 0 {
			replies = recorded
		}
		body := otherNumbers(rnd, replies[rnd.IntN(len(replies))])
		if rnd.IntN(3) == 0 {
			seen = new(core.Forms)
			readUsage(otherNumbers(rnd, body), new(core.Usage), seen)
		}
		if _, at := seen.Read(body); at >= 0 {
			hits++
			if i := lastKey(body); at != i {
				t.Fatalf("%s: the usage begins at %d, not %d", body, i, at)
			}
		}
		var got, want core.Usage
		readUsage(body, &got, seen)
		readUsage(body, &want, nil)
		if got != want {
			t.Fatalf("%s\ngot %+v\nwant %+v", body, got, want)
		}
	}
	if hits < 3000 {
		t.Errorf("only %d replies were read by a form", hits)
	}
}

// otherNumbers changes digits of a body, and now and then something else.
func otherNumbers(rnd *rand.Rand, body []byte) []byte {
	out := make([]byte, 0, len(body)+8)
	for _, c := range body {
		switch {
		case c-'0' > 9:
			out = append(out, c)
		case rnd.IntN(60) == 0:
			out = append(out, []string{"-", "1.5", "1e3", "", "99999999999999999999", "00", "null", `"`}[rnd.IntN(8)]...)
		case rnd.IntN(3) == 0:
			out = append(out, '1'+byte(rnd.IntN(9)))
		default:
			out = append(out, c)
		}
	}
	return out
}

// usageTails are ends of replies: some of our own, and those of the recordings, where they are there.
func usageTails() (own, recorded [][]byte) {
	for _, s := range []string{
		`"usage":{"prompt_tokens":8,"completion_tokens":182,"total_tokens":190,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}},"service_tier":"default","system_fingerprint":"fp_12"}`,
		`"usage":{"prompt_tokens":5,"completion_tokens":1,"reasoning_tokens":11,"total_tokens":17}}`,
		`"usage": {"queue_time": 0.12, "prompt_tokens": 3, "prompt_time": 0.00012, "completion_tokens": 4, "total_tokens": 7}, "x_groq": {"id": "r1"}}`,
		`"usage":{"input_tokens":3,"input_tokens_details":{"cached_tokens":1,"cache_write_tokens":2},"output_tokens":4,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":7},"user":null,"metadata":{}}`,
		`"usage":{"prompt_tokens":1,"prompt_tokens":2,"completion_tokens":3,"total_tokens":3,"cost":0.5,"cached_tokens":1}}`,
		`"usage":{"prompt_tokens":1,"completion_tokens_details":null,"completion_tokens":3},"list":[1,2,{"usage":3}]}`,
	} {
		own = append(own, []byte(`{"id":"x","choices":[],`+s))
	}
	files, _ := filepath.Glob(filepath.Join("..", "..", "..", "..", "shared", "data", "wire", "*", "*"))
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil || len(b) > 1<<20 {
			continue
		}
		for line := range strings.Lines(string(b)) {
			if i := strings.LastIndex(line, usageKey); i >= 0 && len(line)-i < 600 {
				recorded = append(recorded, fmt.Appendf(nil, `{"id":"x",%s`, strings.TrimSpace(line[i:])))
			}
		}
	}
	return own, recorded
}

// FuzzForms reads a reply by what the one before it has taught, and compares that with reading it alone.
func FuzzForms(f *testing.F) {
	own, _ := usageTails()
	for _, b := range own {
		f.Add(b, b)
	}
	f.Add([]byte(`{"usage":{"prompt_tokens":1,"x":[1,-2e3]}}`), []byte(`{"usage":{"prompt_tokens":1e2,"x":[1.5,0]}}`))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var got, want core.Usage
		seen := new(core.Forms)
		readUsage(first, &got, seen)
		readUsage(first, &want, nil)
		if got != want {
			t.Errorf("%s alone: got %+v, want %+v", first, got, want)
		}
		got, want = core.Usage{}, core.Usage{}
		readUsage(second, &got, seen)
		readUsage(second, &want, nil)
		if got != want {
			t.Errorf("%s after %s: got %+v, want %+v", second, first, got, want)
		}
	})
}
