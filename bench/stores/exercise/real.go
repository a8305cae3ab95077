package exercise

import (
	"os"
	"strings"
	"testing"

	"asbru/cache/vector"
)

// Real asks the same of a real server, which the environment names: ASBRU_WEAVIATE is the address
// of one, ASBRU_WEAVIATE_SECRET its key if it wants one. What it makes there is left behind, empty.
func Real[S vector.Store](t *testing.T, kind string, open Opener[S]) {
	t.Helper()
	name := "ASBRU_" + strings.ToUpper(kind)
	address := os.Getenv(name)
	if address == "" {
		t.Skipf("%s names no real server; TestStandIn covers what it is asked", name)
	}
	Store(t, open.At(t, address, vector.Secret(os.Getenv(name+"_SECRET"))))
}
