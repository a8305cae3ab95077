// Package meter publishes what the hot path has counted: as Prometheus text at
// scrape time, and as one JSON line per finished exchange in the access log.
//
// It never makes a request wait: the hot path adds to atomics and puts Records
// into rings, and this package reads those when it needs them. It refuses an
// unbounded number of label values (MaxSets a family, the rest summed under
// "other"), vmrange histograms, and secrets: keys appear by name only.
package meter
