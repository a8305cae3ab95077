// Package probe asks servers of one's own, such as Ollama or vLLM, whether they are well, so
// that a request need not find out.
//
// It refuses to ask a provider that charges or limits: only what was named to it, and never
// faster than each second. It sends no credential, follows no redirect and reads no
// more of an answer than its status.
package probe

import "time"

const (
	leastEvery = time.Second     // between two probes of one server
	probeWait  = 3 * time.Second // for an answer
	held       = 3               // a verdict holds for so many rounds
	maxDrained = 4 << 10         // bytes of an answer that are read to keep the connection
)
