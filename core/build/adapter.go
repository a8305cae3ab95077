package build

import "asbru/core"

// An Adapter is what build needs to know of a kind of provider.
type Adapter struct {
	Name     string
	Dialect  *core.Dialect
	Base     string             // where it is reached; empty: base_url is required
	Paths    map[core.Op]string // below Base; an operation that is missing is not supported
	AskUsage bool               // understands stream_options.include_usage
	Serves   []string           // how the bare names it serves begin
	Env      string             // the variable its key is usually kept in
	Local    bool               // runs on this machine or next to it: no key needed, private addresses allowed

	// Headers appends the header lines that carry key, each ended by CRLF.
	Headers func(dst []byte, key string) []byte
}
