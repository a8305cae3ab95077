//go:build !race

package build

import (
	"testing"

	"asbru/core"
	"asbru/core/cred"
)

func TestSigningAllocatesNothing(t *testing.T) {
	src := cred.Open(cred.AWSStatic{AccessKey: "AKID", Secret: cred.NewSecret("s"), Session: cred.NewSecret("t")}, cred.Options{})
	defer src.Close()
	if err := src.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	sign := signAWS(src, "bedrock", "eu-west-1")
	o := &core.Outgoing{Method: []byte("POST"), Path: []byte("/model/a/converse"), Host: []byte("h"), Type: []byte("application/json"), Body: make([]byte, 1500)}
	room := make([]byte, 0, 4096)
	if n := testing.AllocsPerRun(100, func() {
		if _, ok := sign(room, o); !ok {
			t.Fatal("nothing was signed")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
