// Package cohere is a wire format.
package cohere

import "asbru/core"

// API is the dialect.
var API = &core.Dialect{Name: "cohere"}
