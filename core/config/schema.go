package config

import _ "embed"

// schema is generated from the types and comments of document.go, governed.go, cache.go and audit.go by
//
//	go test ./core/config -run TestSchema -update
//
// and the same test fails when it is stale.
//
//go:embed schema.json
var schema string

// Schema returns the JSON Schema (draft 2020-12) of a document, for editors. The
// caller owns the bytes.
func Schema() []byte { return []byte(schema) }
