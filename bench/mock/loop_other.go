//go:build !linux || !(amd64 || arm64)

package mock

import (
	"context"
	"net"
)

// serveLoops has no event loops to offer on this system: lanes serve.
func (s *server) serveLoops(context.Context, net.Listener) (bool, error) { return false, nil }
