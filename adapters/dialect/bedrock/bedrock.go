// Package bedrock is a wire format.
package bedrock

import "asbru/core"

// API is the dialect.
var API = &core.Dialect{Name: "bedrock"}
