package adapters

import (
	"slices"
	"strings"

	"asbru/core"
)

// An Option is one thing about an account that the address of its provider needs:
// a resource, a region, a project. Its value is letters, digits and . _ - only.
type Option struct {
	Name    string
	Default string // empty: it must be set, unless only Base holds it and the whole base is
	Example string // a value as people write it
}

// Needs lists the options without which a's Base is not complete.
func (a *Adapter) Needs() []string {
	var out []string
	for _, o := range a.Options {
		if o.Default == "" {
			out = append(out, o.Name)
		}
	}
	return out
}

// Ready reports whether a key in a's variable is all it takes to talk to a: its
// address leaves nothing open and it has conversations.
func (a *Adapter) Ready() bool {
	return a.Env != "" && len(a.Needs()) == 0 &&
		slices.ContainsFunc(a.Faces, func(f *core.Face) bool { return f.Paths[core.OpChat] != "" })
}

// Filled returns set with the defaults of what it leaves out, and with the host
// that follows from them. The caller owns the map.
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

// Fill puts options in the place of each {name} in text. What stands for nothing,
// such as {model}, stays.
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
