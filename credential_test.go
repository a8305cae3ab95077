package main

import (
	"fmt"
	"testing"
	"time"

	"asbru/core"
)

// A credential that was never obtained has no end, and the log does not make one up.
func TestCredentialsAreLogged(t *testing.T) {
	f := func(st core.CredentialStatus, want string) {
		t.Helper()
		if got := fmt.Sprint(logged("databricks/key-1", st)); got != want {
			t.Errorf("%+v is logged as %s, want %s", st, got, want)
		}
	}
	at := time.Date(2026, 11, 22, 17, 0, 0, 0, time.UTC)
	f(core.CredentialStatus{}, "[key databricks/key-1 state "+core.CredentialStatus{}.State.String()+"]")
	f(core.CredentialStatus{Expires: at, Next: at}, "[key databricks/key-1 state "+core.CredentialStatus{}.State.String()+" expires "+at.String()+" next "+at.String()+"]")
}
