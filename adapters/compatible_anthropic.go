package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/core"
)

// compatibleAnthropic is any server that follows Anthropic's format; its base must be configured. The
// key is sent in both headers that clients of that format use.
//
// Source: https://docs.claude.com/en/api/messages
var compatibleAnthropic = &Adapter{
	Name: "anthropic-compatible",
	Faces: []*core.Face{{
		Dialect: anthropic.API,
		Paths: [core.NumOps]string{
			core.OpChat:  "/messages",
			core.OpCount: "/messages/count_tokens",
			core.OpPass:  "/",
		},
		Headers: []byte(anthropicVersion),
	}},
	Auth:     Auth{Also: []string{"x-api-key"}},
	Unproven: []core.Op{core.OpChat, core.OpCount, core.OpPass},
}
