// Package adapters describes the providers: their addresses, formats and
// credentials. Each is data in a file of its own; list.go gathers them,
// docs/PROVIDERS.md shows them, docs/ADD_A_PROVIDER.md says how to add one.
//
// It does no I/O, reads no environment and holds no secrets: it says which
// variable holds a key and how a key is sent, but never sees one.
package adapters

import "asbru/core"

// An Adapter describes one provider. All of them are immutable.
type Adapter struct {
	Name  string       // as in the configuration, and in provider/model
	Base  string       // scheme, host and common path, without a slash at the end; may contain {option}; empty: must be configured
	Faces []*core.Face // the formats that its server understands, in order of preference; paths are below Base and may contain {option} too. OpPass is "/" when any other path is relayed; OpModels is always empty: it is answered here

	Auth    Auth     // zero: Authorization: Bearer
	Options []Option // the options that Base, paths and inserted members contain

	// Host returns the value of {host} in Base, if it follows from the options by a rule;
	// nil: Base has no {host}. options include defaults.
	Host func(options map[string]string) string

	Serves   []string  // prefixes of the bare model names that are this provider's own
	Env      string    // the usual environment variable of its key; empty: there is none
	Local    bool      // self-hosted: no key needed, private addresses allowed
	Unproven []core.Op // operations that neither a recording nor its documentation shows, assumed because similar servers have them
}

// Find returns the adapter called name; false if there is none.
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
