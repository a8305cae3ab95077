package core

// A Verb says what to do after a failed attempt, before anything was sent to
// the client.
type Verb uint8

const (
	Final      Verb = iota // the answer stands; the client gets it
	NextKey                // another key of the same target, then other targets
	NextTarget             // another target
)

// Class decides what an upstream status means for failover. Only statuses that
// say "not now" or "not with this key" move on: a client's own mistake is the
// same mistake everywhere and is never multiplied.
func Class(status int) Verb {
	switch status {
	case 401, 402, 403, 429:
		return NextKey
	case 408, 409, 425, 451: // what one place may not say by law another may
		return NextTarget
	}
	if status >= 500 || status >= 300 && status < 400 {
		return NextTarget
	}
	return Final
}
