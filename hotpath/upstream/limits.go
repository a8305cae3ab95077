package upstream

import "time"

const (
	sessionsKept   = 64               // TLS sessions kept per endpoint
	defaultMax     = 10000            // connections per endpoint
	defaultConnect = 3 * time.Second  // for TCP and TLS
	defaultKeep    = 30 * time.Second // for an idle connection
	tellEvery      = time.Minute      // between two reports while connecting fails
	maxProxyReply  = 4 << 10          // bytes of a proxy's answer to CONNECT
)
