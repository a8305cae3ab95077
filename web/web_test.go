package web

import (
	"bytes"
	"strings"
	"testing"
)

func TestFront(t *testing.T) {
	page, policy := Front()
	if !bytes.Contains(page, []byte("/v1/chat/completions")) {
		t.Errorf("the page does not say where requests go: %s", page)
	}
	for _, bad := range []string{"<script", "style=", "onclick", "http://", "https://"} {
		if bytes.Contains(page, []byte(bad)) {
			t.Errorf("the page holds %q, which its policy forbids", bad)
		}
	}
	const none = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" // of an empty style: none was found
	if !strings.Contains(policy, "style-src 'sha256-") || strings.Contains(policy, none) {
		t.Errorf("got policy %q", policy)
	}
}
