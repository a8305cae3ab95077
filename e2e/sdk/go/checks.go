package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"
)

// A run is one call being made: of one SDK, at one family, unary or as a stream.
type run struct {
	p      *place
	s      *sdk
	family string
	stream bool
	model  string // the beginning of the model's name; empty: the family's
}

// A caller makes one call and says what is wrong with it.
type caller struct {
	name  string
	needs string // what sdk.cannot may name; empty: nothing
	call  func(r *run) error
}

// refusal is what a call returns whose family cannot express it, when the SDK said so
// with its own error of status 400.
type refusal struct{ why string }

func (r refusal) Error() string { return r.why }

// chats makes every call of conversations at one family.
func (t *teller) chats(p *place, s *sdk) {
	for _, c := range callers() {
		for _, stream := range []bool{false, true} {
			if len(c.name) < len(t.calls) || c.name[:len(t.calls)] != t.calls || c.name == "cancel" && !stream {
				continue
			}
			k := check{Call: c.name, Stream: stream}
			if why := s.cannot[c.needs]; why != "" {
				k.Skip = why
				t.tell(k)
				continue
			}
			r := &run{p: p, s: s, family: t.family, stream: stream}
			err := c.call(r)
			var no refusal
			switch why := expected(s, t.family, c.name); {
			case errors.As(err, &no) && why != "":
				k.Refused = why + ": " + no.why
			case err != nil:
				k.Error = err.Error()
			}
			t.tell(k)
		}
	}
}

// others makes the calls of an SDK that are no conversations.
func (t *teller) others(p *place, s *sdk) {
	for _, name := range names(s.others) {
		if len(name) < len(t.calls) || name[:len(t.calls)] != t.calls {
			continue
		}
		ctx, cancel := context.WithTimeout(context.Background(), callWait)
		k := check{Call: name}
		if err := s.others[name](ctx); err != nil {
			k.Error = err.Error()
		}
		cancel()
		t.tell(k)
	}
}

// expected says why a family refuses a call of an SDK; empty: it does not.
func expected(s *sdk, family, call string) string {
	switch {
	case family == "cohere" && call == "pdf":
		return "Cohere takes no files but images"
	case family == "cohere" && call == "tool choice, named":
		return "Cohere cannot be told which tool to call"
	case family == "responses" && call == "stop sequence":
		return "the Responses API has no stop sequences"
	}
	return ""
}

// ask makes the call q asks for at the scenario of that name. An error of status 400 of the
// SDK's own type is a refusal.
func (r *run) ask(scenario string, q *talk) (*reply, error) {
	ctx, cancel := context.WithTimeout(context.Background(), callWait)
	defer cancel()
	q.model, q.stream = cmp.Or(r.model, r.p.models[r.family])+scenario, r.stream
	out, err := r.s.ask(ctx, q)
	if err == nil {
		return out, nil
	}
	if f := r.s.fault(err); f != nil && f.status == 400 {
		return nil, refusal{f.message}
	}
	return nil, err
}

// last is the request that the provider received last.
func (r *run) last() (*received, error) {
	all, err := r.p.up.take()
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errors.New("the provider received nothing")
	}
	return &all[len(all)-1], nil
}

// ends compares how an answer ended.
func ends(out *reply, want ...string) error {
	for _, w := range want {
		if out.finish == w {
			return nil
		}
	}
	return fmt.Errorf("it ended with %q, want %q", out.finish, want)
}

func says(out *reply, want string) error {
	if out.text != want {
		return fmt.Errorf("the text is %s, want %s", quoted(out.text), quoted(want))
	}
	return nil
}

// cancelled hangs up at the first piece of a slow stream; the provider learns of it at once.
func cancelled(r *run) error {
	if _, err := r.p.up.take(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), callWait)
	defer cancel()
	begun := time.Now()
	_, err := r.s.ask(ctx, &talk{model: r.p.models[r.family] + "slow", turns: []turn{user("Hi")}, stream: true, onDelta: cancel})
	if err == nil {
		return errors.New("the SDK read to the end of a stream that it had cancelled")
	}
	if !errors.Is(ctx.Err(), context.Canceled) {
		return fmt.Errorf("no piece came: %w", err)
	}
	if took := time.Since(begun); took > 5*time.Second { // all of it takes longer
		return fmt.Errorf("the first piece came after %v: the stream was held back", took)
	}
	return r.p.up.left()
}
