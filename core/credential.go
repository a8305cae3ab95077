package core

import "time"

// A Credential is a secret that expires and renews itself. core/cred knows its
// concrete type; the vocabulary only carries it from Snapshot to Snapshot and shows
// how it is doing.
type Credential interface {
	Status() CredentialStatus
	Close() error // ends the renewal and waits for it
}

// A CredentialStatus tells how a Credential is doing. It holds no secret.
type CredentialStatus struct {
	State   CredentialState
	Expires time.Time // of what is held; zero: never, or nothing is held
	Next    time.Time // when it is renewed; zero: now, or never again
	Problem string    // why the newest try failed; empty: it did not
}

// A CredentialState says whether a Credential can be used.
type CredentialState uint8

const (
	CredentialWaiting CredentialState = iota // the first try has not ended
	CredentialFresh
	CredentialStale   // usable, but could not be renewed
	CredentialExpired // was usable and could not be renewed in time
	CredentialFailed  // was never usable
	NumCredentialStates
)

var credentialStates = [NumCredentialStates]string{"waiting", "fresh", "stale", "expired", "failed"}

// String is the state's name in metrics.
func (s CredentialState) String() string { return credentialStates[s] }
