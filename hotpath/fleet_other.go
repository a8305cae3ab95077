//go:build !linux

package hotpath

import (
	"net"

	"asbru/core"
)

// A fleet is the loop lane, which this system does not have: the goroutine lane
// carries everything.
type fleet struct{}

func (*fleet) serve(*Server, net.Listener) (bool, error) { return false, nil }
func (*fleet) stats(*Server) []*core.LaneStats           { return nil }
func (*fleet) conns() int                                { return 0 }
func (*fleet) busy() int                                 { return 0 }
func (*fleet) drain(*Server)                             {}
func (*fleet) cut(*Server)                               {}
func (*fleet) close(*Server)                             {}

// onLoop is what a flight carries on a loop.
type onLoop struct{ gen uint32 }
