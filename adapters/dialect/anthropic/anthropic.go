// Package anthropic is a wire format.
package anthropic

import "asbru/core"

// API is the dialect.
var API = &core.Dialect{Name: "anthropic"}
