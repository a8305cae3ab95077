package config

import (
	"fmt"
	"slices"
	"strings"
)

// dialects lists the values of the field dialect. Read-only.
var dialects = []string{"openai", "anthropic", "gemini", "bedrock", "cohere"}

// placeholders are words that examples use in place of a key, in lower case, without - and _.
// Read-only.
var placeholders = []string{"...", "…", "yourapikey", "yourkey", "yourtoken", "apikeyhere", "changeme", "replaceme", "placeholder", "xxxxxx"}

// requestEnds are suffixes of request addresses, longer ones first; no base_url ends in one. Read-only.
var requestEnds = []string{"/chat/completions", "/completions", "/responses", "/embeddings", "/messages"}

// options checks the options of p against the placeholders in its type's address.
func (c *checker) options(path string, p *Provider, kind string, k Kind) {
	for _, name := range sortedKeys(p.Options) {
		at := path + ".options" + step(name)
		switch {
		case !slices.Contains(k.Options, name):
			hint := didYouMean(name, k.Options)
			if hint == "" && len(k.Options) > 0 {
				hint = "its options are " + strings.Join(k.Options, ", ")
			} else if hint == "" {
				hint = "it has no options"
			}
			c.fail(at, hint, "%s is not an option of a provider of type %s", quote(name), kind)
		case p.Options[name] == "" || len(p.Options[name]) > maxNameBytes || strings.ContainsFunc(p.Options[name], notInName):
			c.fail(at, fmt.Sprintf("use 1 to %d letters, digits, '.', '_' and '-'", maxNameBytes), "%s cannot stand in an address", quote(p.Options[name]))
		}
	}
	if p.BaseURL != "" {
		return
	}
	for _, name := range k.Needs {
		if _, ok := p.Options[name]; !ok {
			c.fail(path+".options"+step(name), fmt.Sprintf("write options: {%s: …}, or set base_url", name),
				"is missing: it is part of the address of a provider of type %s", kind)
		}
	}
}

// edits checks the request fields that p drops or renames.
func (c *checker) edits(path string, p *Provider) {
	for i, name := range p.Drop {
		if at := fmt.Sprintf("%s.drop[%d]", path, i); c.field(at, name) && slices.Index(p.Drop, name) < i {
			c.fail(at, "", "%s is dropped already", quote(name))
		}
	}
	taken := map[string]string{}
	for _, name := range sortedKeys(p.Rename) {
		at := path + ".rename" + step(name)
		switch to := p.Rename[name]; {
		case !c.field(at, name) || !c.field(at, to):
		case slices.Contains(p.Drop, name):
			c.fail(at, "keep one of them", "%s is in drop too", quote(name))
		case to == name:
			c.fail(at, "write the name that the server has for it", "%s is renamed to itself", quote(name))
		case taken[to] != "":
			c.fail(at, "", "%s is what %s is renamed to already", quote(to), quote(taken[to]))
		default:
			taken[to] = name
		}
	}
	if len(p.Drop)+len(p.Rename) > maxEdits {
		c.fail(path+".drop", "each is looked for in every request", "with rename, %d fields are changed; the most is %d", len(p.Drop)+len(p.Rename), maxEdits)
	}
}

// field checks the name of a top-level field and reports whether it is valid.
func (c *checker) field(path, name string) bool {
	good := name != "" && len(name) <= maxNameBytes && !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' })
	if !good {
		c.fail(path, "only fields at the top of a body can be named", "%s cannot be the name of a field", quote(name))
	}
	return good
}
