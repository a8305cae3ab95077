package build

import "asbru/core"

// An Adapter is what build takes from the table of providers.
type Adapter struct {
	Name     string
	Dialect  *core.Dialect
	Base     string
	Paths    map[core.Op]string
	AskUsage bool
	Serves   []string
	Env      string
	Local    bool
	Headers  func(dst []byte, key string) []byte
}
