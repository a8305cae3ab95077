package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// refusals are the keys that are refused, the status of that, and what the message must hold.
var refusals = [...]struct {
	key    string
	status int
	words  string
}{
	{"nobody", 401, "is unknown"},
	{"expired", 403, "has expired"},
	{"narrow", 403, "may not use model"},
	{"poor", 402, "has $0.000001 left"},
	{"hasty", 429, "has used its 1 requests an hour"},
}

// governed lets an SDK, the nth, call with each of those keys.
func (t *teller) governed(p *place, nth int) {
	for _, no := range refusals {
		name := "governed, " + no.key
		if !strings.HasPrefix(name, t.calls) {
			continue
		}
		q := *p
		q.key = strings.Replace(p.key, "clients", no.key, 1)
		s := sdks(&q)[nth]
		model := "fast-" + s.family
		if no.key == "narrow" { // aliases are what it may use
			model = s.family + "/some-model"
		}
		for _, stream := range []bool{false, true} {
			k := check{Call: name, Stream: stream}
			if err := turnedAway(s, model, stream, no.status, no.words); err != nil {
				k.Error = err.Error()
			}
			t.tell(k)
		}
	}
}

// turnedAway checks that the SDK gives up soon, with its own error of that status and those words in it. OpenAI's and
// Anthropic's may try again: they have to see that it is in vain, and not to sleep for an hour.
func turnedAway(s *sdk, model string, stream bool, status int, words string) error {
	q := &talk{model: model, turns: []turn{user("Hello")}, stream: stream}
	if s.name == "openai-go chat" || s.name == "anthropic-sdk-go" {
		q.attempts = 3
	}
	ctx, cancel := context.WithTimeout(context.Background(), callWait)
	defer cancel()
	begun := time.Now()
	_, err := s.ask(ctx, q)
	if err == nil && status == 429 { // that one used the limit up
		_, err = s.ask(ctx, q)
	}
	if err == nil {
		return errors.New("it is answered")
	}
	f := s.fault(err)
	if f == nil {
		return fmt.Errorf("not the SDK's own error: %T %w", err, err)
	}
	if f.status != status || !strings.Contains(f.message, words) {
		return fmt.Errorf("status %d: %s; want %d and %q", f.status, quoted(f.message), status, words)
	}
	if took := time.Since(begun); took > soon {
		return fmt.Errorf("the SDK gave up after %v", took)
	}
	return nil
}
