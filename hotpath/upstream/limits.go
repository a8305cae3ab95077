package upstream

import "time"

const (
	sessionsKept   = 64               // TLS sessions remembered per endpoint
	defaultMax     = 10000            // connections per endpoint
	defaultConnect = 3 * time.Second  // TCP and TLS
	defaultKeep    = 30 * time.Second // an idle connection
	tellEvery      = time.Minute      // while connecting fails, why is told once in so long
	maxProxyReply  = 4 << 10          // bytes of a proxy's answer to CONNECT
)
