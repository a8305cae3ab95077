// Package web holds the pages that asbru shows to people, built into the binary.
// It refuses scripts from anywhere and styles that are not its own: each page
// comes with the Content-Security-Policy that says so.
package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
)

//go:embed front.html
var front []byte

// Front is the page at the root of the gateway's address, and its
// Content-Security-Policy. The bytes are shared: nobody may change them.
func Front() (page []byte, policy string) { return front, policyOf(front) }

// policyOf allows a page its own inline style, by hash, and nothing else.
func policyOf(page []byte) string {
	_, rest, _ := bytes.Cut(page, []byte("<style>"))
	style, _, _ := bytes.Cut(rest, []byte("</style>"))
	sum := sha256.Sum256(style)
	return "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
