package config

import _ "embed"

// schema is written from the types and comments of document.go by
//
//	go test ./core/config -run TestSchema -update
//
// and the same test fails when it is stale.
//
//go:embed schema.json
var schema string

// Schema is the JSON Schema (draft 2020-12) of a document, for editors. The
// caller owns the bytes.
func Schema() []byte { return []byte(schema) }
