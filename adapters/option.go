package adapters

import (
	"slices"
	"strings"

	"asbru/core"
)

// An Option is a fact about an account that the address of its provider needs: a
// resource, a region, a project. Its value consists of letters, digits and . _ -.
type Option struct {
	Name    string
	Default string // empty: it must be set, unless only Base contains it and the whole base is configured
	Example string // a typical value, for messages and documentation
}

// Needs lists the options that must be set for a's Base to be complete.
func (a *Adapter) Needs() []string {
	var out []string
	for _, o := range a.Options {
		if o.Default == "" {
			out = append(out, o.Name)
		}
	}
	return out
}

// Ready reports whether a key in a's variable is all that is needed to use a: it
// requires no options, and it has conversations.
func (a *Adapter) Ready() bool {
	return a.Env != "" && len(a.Needs()) == 0 &&
		slices.ContainsFunc(a.Faces, func(f *core.Face) bool { return f.Paths[core.OpChat] != "" })
}

// Filled returns the options in set together with the defaults of the others, and
// with the host that follows from them. The caller owns the map.
func (a *Adapter) Filled(set map[string]string) map[string]string {
	out := make(map[string]string, len(a.Options)+1)
	for _, o := range a.Options {
		if out[o.Name] = set[o.Name]; out[o.Name] == "" {
			out[o.Name] = o.Default
		}
	}
	if a.Host != nil {
		out["host"] = a.Host(out)
	}
	return out
}

// Fill replaces each {name} in text by the option of that name. Other placeholders,
// such as {model}, remain.
func Fill(text string, options map[string]string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	for name, value := range options {
		if value != "" {
			text = strings.ReplaceAll(text, "{"+name+"}", value)
		}
	}
	return text
}
