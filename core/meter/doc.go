// Package meter reads what the hot path counted and writes it down: Prometheus
// text at scrape time, and one JSON line per finished exchange in the access
// log.
//
// It counts nothing itself that a request would have to wait for: the hot path
// adds to atomics and puts Records into rings, this package comes by and looks.
// It refuses label values without a bound (MaxSets a family, the rest summed in
// "other"), vmrange histograms, and anything secret: keys appear by name only.
package meter
