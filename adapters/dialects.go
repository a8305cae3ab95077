package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/bedrock"
	"asbru/core"
)

// Bedrock is the dialect of Amazon Bedrock, which carries Anthropic's in frames of its own. It is made
// here because dialects do not import each other.
var Bedrock *core.Dialect = bedrock.New(anthropic.API)
