package adapters

import (
	"asbru/adapters/dialect/anthropic"
	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// snowflake is the Cortex of a Snowflake account; the key is a programmatic access token.
//
// Source: https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api
var snowflake = &Adapter{
	Name: "snowflake",
	Base: "https://{account}.snowflakecomputing.com/api/v2/cortex/v1",
	Faces: []*core.Face{{
		Dialect: anthropic.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/messages",
		},
		For:     []string{"claude-"},
		Headers: []byte(anthropicVersion),
	}, {
		Dialect: openai.API,
		Paths: [core.NumOps]string{
			core.OpChat: "/chat/completions",
			core.OpPass: "/",
		},
		AskUsage: true,
	}},
	Options: []Option{{Name: "account", Example: "myorg-myaccount"}},
	Env:     "SNOWFLAKE_PAT",
}
