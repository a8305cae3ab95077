package exercise

import (
	"os"
	"strings"
	"testing"

	"asbru/cache/vector"
)

// Real tests a real server, which is named by the environment: ASBRU_WEAVIATE is the address of one, and
// ASBRU_WEAVIATE_SECRET its key if it requires one. The sets that it makes there remain, empty.
func Real[S vector.Store](t *testing.T, kind string, open Opener[S]) {
	t.Helper()
	name := "ASBRU_" + strings.ToUpper(kind)
	address := os.Getenv(name)
	if address == "" {
		t.Skipf("%s names no real server; TestStandIn covers what it is asked", name)
	}
	Store(t, open.At(t, address, vector.Secret(os.Getenv(name+"_SECRET"))))
}
