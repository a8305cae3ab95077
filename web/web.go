// Package web has the pages that asbru shows in a browser, built into the binary. It
// refuses all scripts, and styles other than its own: each page comes with the
// Content-Security-Policy for that.
package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
)

//go:embed front.html
var front []byte

// Front returns the page at the root of the gateway's address, and its
// Content-Security-Policy. The bytes must not be modified.
func Front() (page []byte, policy string) { return front, policyOf(front) }

// policyOf returns the policy that allows a page only its own inline style, by hash.
func policyOf(page []byte) string {
	_, rest, _ := bytes.Cut(page, []byte("<style>"))
	style, _, _ := bytes.Cut(rest, []byte("</style>"))
	sum := sha256.Sum256(style)
	return "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-" +
		base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
