// Package loadgen is the load generator: it sends HTTP/1.1 requests to one or
// several servers and reports how long each answer took, how much CPU and memory
// the server used for it, and how the servers compare.
//
// Open loop: requests are sent on a schedule that slow answers cannot delay, and a
// latency counts from the scheduled time, not from the time at which the bytes were
// sent. Closed loop (--max): each connection sends again as soon as it has its
// answer, which finds the highest throughput but says little about latency.
//
// One run measures every target in turn, a window at a time, round after round, so
// that figures that are compared are from the same conditions of the machine. What
// a proxy adds is its figure minus that of the direct target in the same round;
// reported are the median and the quartiles over the rounds. A window in which
// other processes took too much of the CPU is discarded and counted.
//
// # The gate
//
// A gate file has bounds on figures and on ratios of figures, which are comparable
// between machines:
//
//	{"bounds": [
//	  {"figure": "asbru.added_p50 / best(nginx, haproxy)", "max": 0.9, "soft": true},
//	  {"figure": "asbru.cpu_us / nginx", "max": 0.9, "soft": true},
//	  {"figure": "asbru.rate / nginx", "min": 1.1, "soft": true},
//	  {"figure": "asbru.success", "min": 1, "why": "no request may fail"}
//	]}
//
// A figure is TARGET.NAME, alone or divided by the same figure of another
// target, or of the best of several (best by median over the run; which way is
// better depends on the figure). The value is the median over the rounds in
// which every target took part. A hard bound fails if the median is beyond it, a
// soft one only if the whole interquartile range is. A bound that the run cannot
// judge fails as well. The names of figures are in the table in figure.go; --help
// prints them.
//
// # What it refuses
//
// It imports nothing of the gateway, which it measures. It has no TLS and no HTTP/2,
// follows no redirect, and sends only to this machine unless told that the server
// is the user's own. Every run has a bound on time, requests and connections. A run
// with failed requests is never a success.
package loadgen
