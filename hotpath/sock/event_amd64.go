//go:build linux && amd64

package sock

// The kernel packs struct epoll_event on amd64: 12 bytes, the tag unaligned.
type event struct {
	Events uint32
	lo, hi uint32
}

func newEvent(events uint32, tag uint64) event {
	return event{events, uint32(tag), uint32(tag >> 32)}
}

// Tag returns the tag that was passed to Add.
func (e event) Tag() uint64 { return uint64(e.hi)<<32 | uint64(e.lo) }
