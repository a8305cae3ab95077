//go:build linux && !amd64

package sock

type event struct {
	Events uint32
	_      uint32
	tag    uint64
}

func newEvent(events uint32, tag uint64) event { return event{Events: events, tag: tag} }

// Tag returns the tag that was passed to Add.
func (e event) Tag() uint64 { return e.tag }
