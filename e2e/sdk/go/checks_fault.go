package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// faults makes the provider fail in each of the ways it has. The gateway's own credential
// is nobody else's business: 401 and 403 come as 502.
func faults(r *run) error {
	for _, f := range []struct {
		provider int
		client   []int
	}{{400, []int{400}}, {401, []int{502}}, {403, []int{502}}, {404, []int{404}}, {413, []int{413}}, {422, []int{422, 400}},
		{429, []int{429}}, {500, []int{500}}, {503, []int{503}}, {529, []int{529, 503}}} {
		ctx, cancel := context.WithTimeout(context.Background(), callWait)
		_, err := r.s.ask(ctx, &talk{model: fmt.Sprintf("%serror-%d", r.p.models[r.family], f.provider), turns: []turn{user("Hello")}, stream: r.stream})
		cancel()
		if err := typed(r, err, f.client); err != nil {
			return fmt.Errorf("of %d: %w", f.provider, err)
		}
	}
	return nil
}

// typed checks that err is the SDK's own, of that status, with a message and an id.
func typed(r *run, err error, want []int) error {
	if err == nil {
		return errors.New("the SDK raised nothing")
	}
	f := r.s.fault(err)
	if f == nil {
		return fmt.Errorf("not the SDK's own error: %T %w", err, err)
	}
	ok := false
	for _, w := range want {
		ok = ok || f.status == w
	}
	if !ok {
		return fmt.Errorf("status %d (%s: %s), want %d", f.status, f.kind, quoted(f.message), want)
	}
	if f.message == "" || strings.HasPrefix(f.message, "{") && r.s.name != "cohere-go" {
		return fmt.Errorf("status %d without a message of its own: %s", f.status, quoted(f.message))
	}
	if f.request == "" && r.s.family != "gemini" && r.s.name != "cohere-go" { // those two have no place for it
		return fmt.Errorf("status %d without a request id", f.status)
	}
	return nil
}

// retried lets the SDK try twice: it waits as long as it is told to, or refuses to wait that long.
func retried(r *run) error {
	if _, err := r.p.up.take(); err != nil {
		return err
	}
	if r.s.name != "openai-go chat" && r.s.name != "anthropic-sdk-go" || r.stream {
		return nil // the wait is 7 s: two SDKs stand for the rest, which do not look at Retry-After
	}
	if r.family != "anthropic" && r.family != "openai" {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), callWait)
	defer cancel()
	begun := time.Now()
	_, err := r.s.ask(ctx, &talk{model: r.p.models[r.family] + "error-429", turns: []turn{user("Hello")}, attempts: 2})
	if err := typed(r, err, []int{429}); err != nil {
		return err
	}
	all, err := r.p.up.take()
	if err != nil {
		return err
	}
	if len(all) != 2 {
		return fmt.Errorf("the provider was asked %d times, want 2", len(all))
	}
	if took := time.Since(begun); took < 6*time.Second {
		return fmt.Errorf("the SDK came back after %v; the provider asked for 7s", took)
	}
	return nil
}

// broken lets streams break in three ways. None may look like a whole answer.
func broken(r *run) error {
	for _, scenario := range []string{"error-stream", "cut", "cut-clean"} {
		if !r.stream && scenario == "cut-clean" {
			continue // that is a whole answer
		}
		ctx, cancel := context.WithTimeout(context.Background(), callWait)
		out, err := r.s.ask(ctx, &talk{model: r.p.models[r.family] + scenario, turns: []turn{user("Hello")}, stream: r.stream})
		waited := ctx.Err()
		cancel()
		switch {
		case waited != nil:
			return fmt.Errorf("of %s: the SDK waited for %v", scenario, callWait)
		case err == nil && out.finish != "" && out.finish != "no finishReason":
			return fmt.Errorf("of %s: the SDK took it for a whole answer that ended with %q: %s", scenario, out.finish, quoted(out.text))
		}
	}
	return nil
}
