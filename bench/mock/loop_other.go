//go:build !linux || !(amd64 || arm64)

package mock

import (
	"context"
	"net"
)

// serveLoops returns false, as there are no event loops on this system: lanes serve.
func (s *server) serveLoops(context.Context, net.Listener) (bool, error) { return false, nil }
