package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"asbru/adapters"
	"asbru/core/config"
)

// A source is where the configuration comes from: a file, or a document made
// here for a user who has none.
type source struct {
	path     string           // the file; empty: doc holds
	doc      *config.Document // nil: path holds
	demo     bool             // doc is that of the stand-in provider
	announce func(w io.Writer, base string)
}

func (f *source) name() string {
	if f.path != "" {
		return f.path
	}
	if f.demo {
		return "the demo"
	}
	return "what was found in the environment"
}

// source finds the configuration. ctx ends the stand-in provider of a demo.
func (s *serving) source(ctx context.Context) (*source, error) {
	switch {
	case s.demo:
		return demo(ctx)
	case s.path != "":
		return &source{path: s.path, announce: func(io.Writer, string) {}}, nil
	}
	return quickstart(s.env, s.stderr)
}

// quickstart makes a document from the provider keys in the environment.
func quickstart(env config.Env, stderr io.Writer) (*source, error) {
	var offers []config.Offer
	for _, a := range adapters.All {
		if a.Ready() {
			offers = append(offers, config.Offer{Provider: a.Name, Variable: a.Env})
		}
	}
	doc, problems := config.Quickstart(env, offers)
	if doc == nil {
		tell(stderr, problems)
		if problems[0].Path != "" { // there was a key, and no use in it
			tellRefused(stderr, "what was found in the environment", problems)
			return nil, errTold
		}
		fmt.Fprintln(stderr, "asbru: there is nothing to serve yet; asbru serve --demo needs neither a key nor a file")
		return nil, errTold
	}
	return &source{doc: doc, announce: func(w io.Writer, base string) {
		fmt.Fprintf(w, "asbru listens on %s\n\nFound in the environment\n", base)
		for _, p := range doc.Providers {
			fmt.Fprintf(w, "  %-12s key in %s\n", p.Name, strings.TrimPrefix(p.APIKey.Ref(), "env."))
		}
		fmt.Fprintf(w, "\nName a model as provider/model:\n  curl %s/v1/chat/completions -H 'Content-Type: application/json' \\\n"+
			"    -d '{\"model\":\"%s/MODEL\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}'\n", base, doc.Providers[0].Name)
		fmt.Fprintln(w, "\nWrite the same as a file when you need more: asbru help check")
	}}, nil
}
