// Package gemini is a wire format.
package gemini

import "asbru/core"

// API is the dialect.
var API = &core.Dialect{Name: "gemini"}
