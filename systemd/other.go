//go:build !linux

package systemd

import (
	"context"
	"fmt"
	"net"
)

// Listeners finds nothing: only Linux has systemd.
func Listeners() (map[string]net.Listener, error) { return nil, nil }

// Inherit finds nothing: no process hands its sockets over here.
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
