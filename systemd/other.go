//go:build !linux

package systemd

import (
	"context"
	"fmt"
	"net"
)

// Listeners returns nothing, as only Linux has systemd.
func Listeners() (map[string]net.Listener, error) { return nil, nil }

// Inherit returns nothing, as processes cannot hand over sockets on this system.
func Inherit() (listeners map[string]net.Listener, ready func() error, err error) {
	return nil, func() error { return nil }, nil
}

// Start returns ErrUnsupported; restart the process instead.
func (h *HandOver) Start(context.Context, map[string]net.Listener) (pid int, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.successor, fmt.Errorf("cannot hand over within %v: %w", h.wait(), ErrUnsupported)
}

func monotonicMicros() (int64, error) { return 0, ErrUnsupported }
