package core

import "time"

// An Endpoint is where a Pool connects and how. It is comparable: equal
// Endpoints are served by one Pool, which lives as long as some Snapshot names
// it. It holds no secret.
type Endpoint struct {
	Scheme, Host, Port string // Scheme: http or https; Host: a name or an address without brackets
	ServerName         string // name in the TLS handshake
	Proxy              string // http://host:port, asked to CONNECT; empty: none
	CA                 string // PEM file trusted besides the system's roots; empty: none
	InsecureSkipVerify bool   // accept any certificate
	AllowPrivate       bool   // addresses that are not public may be dialled; loopback may where Host is written as such
	Connect            time.Duration
	KeepAlive          time.Duration // an idle connection is closed after
	MaxConns           int           // open at once
	Via                string        // what stands in the provider's place: record:FILE, replay:FILE, chaos:FILE; empty: nothing
}
