package openai

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"asbru/core"
)

func TestLastKeyIsLastIndex(t *testing.T) {
	const bytesOfKey = `"usage":{,u`
	for seed := range uint64(2000) {
		rnd := rand.New(rand.NewPCG(seed, 1))
		b := make([]byte, rnd.IntN(60))
		for i := range b {
			b[i] = bytesOfKey[rnd.IntN(len(bytesOfKey))]
		}
		for range rnd.IntN(3) {
			if at := rnd.IntN(60); at+len(usageKey) <= len(b) {
				copy(b[at:], usageKey)
			}
		}
		if got, want := lastKey(b), bytes.LastIndex(b, []byte(usageKey)); got != want {
			t.Fatalf("%q: got %d, want %d", b, got, want)
		}
	}
}

// Replies that are cut anywhere, or that have the key in another place, must neither make the reader panic nor
// be read wrongly.
func TestUsageOfCutReplies(t *testing.T) {
	const whole = `{"id":"x","choices":[{"text":"\\"usage\\":{}"}],"usage":{"prompt_tokens":7,"prompt_tokens_details":{"cached_tokens":2},"completion_tokens":3,"completion_tokens_details":null}, "service_tier":"default"}`
	var got core.Usage
	readUsage([]byte(whole), &got, nil)
	if want := (core.Usage{In: 7, CachedIn: 2, Out: 3, Known: true}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for i := range whole {
		readUsage([]byte(whole[:i]), &core.Usage{}, nil)
	}
	f := func(body string, want core.Usage) {
		t.Helper()
		var got core.Usage
		if readUsage([]byte(body), &got, nil); got != want {
			t.Errorf("%s: got %+v, want %+v", body, got, want)
		}
	}
	f(`{"usage":{"prompt_tokens":1,"completion_tokens":2},"x":{"usage":{"prompt_tokens":9,"completion_tokens":9}}}`, core.Usage{In: 1, Out: 2, Known: true})
	f(`{"usage":null}`, core.Usage{})
	f(`{"usage"`, core.Usage{})
	f(`{"usage":`, core.Usage{})
	f(`{"a":"usage","usage":{"input_tokens":4,"output_tokens":5}}`, core.Usage{In: 4, Out: 5, Known: true})
}
