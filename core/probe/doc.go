// Package probe sends health probes to self-hosted servers, such as Ollama or vLLM, so that
// a server that is down is noticed before a request is sent to it.
//
// It refuses to probe providers that charge or limit requests: it probes only the servers
// configured for it, at most once a second. It sends no credential, follows no redirect and
// uses only the status of an answer.
package probe

import "time"

const (
	leastEvery = time.Second     // between two probes of one server
	probeWait  = 3 * time.Second // for an answer
	held       = 3               // a result holds for this many intervals
	maxDrained = 4 << 10         // bytes of an answer that are read to keep the connection
)
