// Package adapters knows the providers: where each lives, what it speaks and how
// it wants to be addressed. A provider is data, one file each; list.go gathers
// them.
//
// It does no I/O, reads no environment and holds no secrets: it says which
// variable a key comes from and how a key is sent, never what it is.
package adapters

import "asbru/core"

// An Adapter describes one provider. All of them are read-only.
type Adapter struct {
	Name  string       // as configuration and provider/model name it
	Base  string       // scheme, host and common path, no slash at the end; empty: must be configured
	Faces []*core.Face // what its server understands, in order of preference; paths are below Base. OpPass is "/" when any other path is relayed; OpModels is always empty: it is answered here

	Serves []string // prefixes of the bare model names that are this provider's own
	Env    string   // environment variable of its key; empty: none by custom
	Local  bool     // a server of one's own: no key needed, private addresses allowed
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

// Headers appends the complete header lines that carry key, each ended by CRLF.
// No key, and a key with bytes that do not belong in a header, add nothing: the
// provider then answers 401 itself.
//
// Every adapter here authenticates by RFC 6750 §2.1.
func (a *Adapter) Headers(dst []byte, key string) []byte {
	if key == "" {
		return dst
	}
	for i := range len(key) {
		if key[i] <= ' ' || key[i] >= 0x7f {
			return dst
		}
	}
	dst = append(dst, "Authorization: Bearer "...)
	dst = append(dst, key...)
	return append(dst, "\r\n"...)
}
