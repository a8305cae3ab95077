// Package adapters knows the providers: where each lives, what it speaks and how
// it wants to be addressed. A provider is data, one file each; list.go gathers
// them, docs/PROVIDERS.md shows them, docs/ADD_A_PROVIDER.md says how to add one.
//
// It does no I/O, reads no environment and holds no secrets: it says which
// variable a key comes from and how a key is sent, never what it is.
package adapters

import "asbru/core"

// An Adapter describes one provider. All of them are read-only.
type Adapter struct {
	Name  string       // as configuration and provider/model name it
	Base  string       // scheme, host and common path, no slash at the end; may hold {option}; empty: must be configured
	Faces []*core.Face // what its server understands, in order of preference; paths are below Base and may hold {option} too. OpPass is "/" when any other path is relayed; OpModels is always empty: it is answered here

	Auth    Auth     // zero: Authorization: Bearer
	Options []Option // what Base, paths and inserted members leave open

	// Host is what {host} in Base stands for, where a rule and no mere name decides;
	// nil: Base holds no {host}. options are complete, defaults included.
	Host func(options map[string]string) string

	Serves   []string  // prefixes of the bare model names that are this provider's own
	Env      string    // environment variable of its key; empty: none by custom
	Local    bool      // a server of one's own: no key needed, private addresses allowed
	Unproven []core.Op // operations that neither a recording nor its documentation shows; they are there because its kin have them
}

// Find returns the adapter called name.
func Find(name string) (*Adapter, bool) {
	for _, a := range All {
		if a.Name == name {
			return a, true
		}
	}
	return nil, false
}

// Headers appends the complete header lines that carry key, each ended by CRLF;
// see [Auth.Append].
func (a *Adapter) Headers(dst []byte, key string) []byte { return a.Auth.Append(dst, key) }
