package loadgen

import "slices"

// figure is one measured number of a target in a round.
type figure struct {
	name   string
	unit   string
	higher bool // higher is better
	about  string
}

// figures are all figures that a round may have, in the order of the report. A round
// has only those that could be measured.
var figures = []figure{
	{"p50", "µs", false, "latency from the intended start to the last byte"},
	{"p90", "µs", false, ""},
	{"p99", "µs", false, ""},
	{"p999", "µs", false, ""},
	{"mean", "µs", false, ""},
	{"ttfb_p50", "µs", false, "intended start to the first byte of the reply"},
	{"ttfb_p99", "µs", false, ""},
	{"ttft_p50", "µs", false, "streams: intended start to the first content"},
	{"ttft_p99", "µs", false, ""},
	{"relay_p50", "µs", false, "streams: the provider's stamp in a chunk to its arrival"},
	{"relay_p99", "µs", false, ""},
	{"added_p50", "µs", false, "the same less that of the direct target in the same round"},
	{"added_p90", "µs", false, ""},
	{"added_p99", "µs", false, ""},
	{"added_p999", "µs", false, ""},
	{"added_mean", "µs", false, ""},
	{"added_ttfb_p50", "µs", false, ""},
	{"added_ttfb_p99", "µs", false, ""},
	{"added_ttft_p50", "µs", false, ""},
	{"added_ttft_p99", "µs", false, ""},
	{"added_relay_p50", "µs", false, ""},
	{"added_relay_p99", "µs", false, ""},
	{"rate", "/s", true, "successful requests a second"},
	{"success", "", true, "share of requests that succeeded, 0 to 1"},
	{"cpu_us", "µs", false, "CPU time of the watched processes a request"},
	{"cpu_chunk_us", "µs", false, "streams: the same a chunk"},
	{"switches", "", false, "context switches of the watched processes a request"},
	{"generator_cpu_us", "µs", false, "CPU time of the load generator itself a request"},
	{"late_p99", "µs", false, "how late the load generator itself took requests up"},
	{"rss_mb", "MB", false, "memory of the watched processes when the window ends"},
	{"rss_stream_kb", "KB", false, "held streams: growth of memory a stream"},
	{"anon_stream_kb", "KB", false, "held streams: growth of memory without a file behind it"},
	{"pss_stream_kb", "KB", false, "held streams: growth of the proportional share"},
	{"streams", "", true, "held streams: open at the end"},
	{"sockets", "", false, "held streams: open sockets of the watched processes"},
}

// addable are the figures whose added_ form is computed.
var addable = []string{"p50", "p90", "p99", "p999", "mean", "ttfb_p50", "ttfb_p99", "ttft_p50", "ttft_p99", "relay_p50", "relay_p99"}

// figureNamed looks a figure up.
func figureNamed(name string) (figure, bool) {
	i := slices.IndexFunc(figures, func(f figure) bool { return f.name == name })
	if i < 0 {
		return figure{}, false
	}
	return figures[i], true
}

// values is the figures of one round by name.
type values map[string]float64

// latencies adds the latencies of a tally, in microseconds.
func (v values) latencies(t *tally) {
	put := func(h *histogram, name string, q float64) {
		if h.n > 0 {
			v[name] = h.quantile(q) / 1e3
		}
	}
	put(&t.latency, "p50", 0.50)
	put(&t.latency, "p90", 0.90)
	put(&t.latency, "p99", 0.99)
	put(&t.latency, "p999", 0.999)
	if t.latency.n > 0 {
		v["mean"] = t.latency.mean() / 1e3
	}
	put(&t.first, "ttfb_p50", 0.50)
	put(&t.first, "ttfb_p99", 0.99)
	put(&t.content, "ttft_p50", 0.50)
	put(&t.content, "ttft_p99", 0.99)
	put(&t.relay, "relay_p50", 0.50)
	put(&t.relay, "relay_p99", 0.99)
	put(&t.late, "late_p99", 0.99)
}

// added adds the difference to the direct target.
func (v values) added(direct values) {
	for _, name := range addable {
		through, ok1 := v[name]
		base, ok2 := direct[name]
		if ok1 && ok2 {
			v["added_"+name] = through - base
		}
	}
}

// spread is the middle half of a figure over the rounds.
type spread struct {
	Q1     float64 `json:"q1"`
	Median float64 `json:"median"`
	Q3     float64 `json:"q3"`
	N      int     `json:"rounds"` // rounds the figure was measured in
}

// spreadOf sorts xs; the zero spread for none.
func spreadOf(xs []float64) spread {
	if len(xs) == 0 {
		return spread{}
	}
	slices.Sort(xs)
	at := func(q float64) float64 {
		pos := q * float64(len(xs)-1)
		i := int(pos)
		if i+1 == len(xs) {
			return xs[i]
		}
		return xs[i] + (pos-float64(i))*(xs[i+1]-xs[i])
	}
	return spread{Q1: at(0.25), Median: at(0.5), Q3: at(0.75), N: len(xs)}
}
