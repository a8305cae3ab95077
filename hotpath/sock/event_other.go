//go:build linux && !amd64

package sock

type event struct {
	Events uint32
	_      uint32
	tag    uint64
}

func newEvent(events uint32, tag uint64) event { return event{Events: events, tag: tag} }

// Tag is what Add was given.
func (e event) Tag() uint64 { return e.tag }
