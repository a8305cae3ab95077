// Package loadgen is the load generator: it sends HTTP/1.1 requests to one or
// several servers and says how long each answer took, what the server paid for
// it, and how one server stands beside another.
//
// Open loop: requests leave on a schedule that no slow answer can hold back,
// and a latency counts from the moment the schedule named, not from the moment
// the bytes left. Closed loop (--max): each connection asks again as soon as it
// has its answer; that finds the highest throughput and says little of latency.
//
// One run visits every target in turn, a window at a time, round after round,
// so that a figure and the one it is compared with saw the same machine. What a
// proxy adds is its figure minus that of the direct target in the same round;
// reported are the median of the rounds and the quartiles around it. A window
// in which other processes took too much of the CPU is thrown away and counted.
//
// # The gate
//
// A gate file holds bounds on figures and on ratios of figures, so that it
// means the same on every machine:
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
// which every target took part. A hard bound fails when the median is beyond
// it, a soft one only when the whole interquartile range is. A bound that the
// run cannot judge fails: silence is not success. Names are those of the
// figures table in figure.go; --help prints them.
//
// # What it refuses
//
// It imports nothing of the gateway: a ruler must not be made of what it
// measures. It opens no TLS, speaks no HTTP/2, follows no redirect, and sends
// to no address beyond this machine unless told that the server is the user's
// own. Every run has a bound on time, requests and connections. It never calls
// a run with failed requests a success.
package loadgen
