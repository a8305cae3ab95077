package loadgen

import (
	"encoding/json"
	"io"
	"runtime"
	"strings"
	"time"
)

// result is the JSON document of a run. It holds no key.
type result struct {
	When    time.Time      `json:"when"`
	Machine machineResult  `json:"machine"`
	Run     runResult      `json:"run"`
	Targets []targetResult `json:"targets"`
	Gate    []verdict      `json:"gate,omitempty"`
}

type machineResult struct {
	CPUs   int    `json:"cpus"`
	Model  string `json:"model,omitempty"`
	Kernel string `json:"kernel,omitempty"`
	System string `json:"system"`
}

type runResult struct {
	Kind         string  `json:"kind"` // open, closed, hold
	Rate         float64 `json:"rate,omitempty"`
	Poisson      bool    `json:"poisson,omitempty"`
	Seed         uint64  `json:"seed"`
	Stream       bool    `json:"stream,omitempty"`
	Hold         int     `json:"hold,omitempty"`
	Conns        int     `json:"conns"`
	Lanes        int     `json:"lanes"`
	Rounds       int     `json:"rounds"`
	WindowMillis int64   `json:"window_ms"`
	RequestBytes int     `json:"request_bytes"` // head and body
	Foreign      float64 `json:"foreign_percent"`
	Stopped      bool    `json:"stopped,omitempty"` // interrupted by the user
}

type targetResult struct {
	Name        string            `json:"name"`
	Address     string            `json:"address"`
	Sent        uint64            `json:"sent"`
	OK          uint64            `json:"ok"`
	Retried     uint64            `json:"retried,omitempty"`
	ReplyBytes  float64           `json:"reply_bytes"` // body, mean of those that succeeded
	Chunks      uint64            `json:"chunks,omitempty"`
	Failures    []reason          `json:"failures,omitempty"`
	Dropped     int               `json:"dropped_windows"`
	Figures     map[string]spread `json:"figures"`
	Percentiles []percentile      `json:"percentiles"`
	Rounds      []roundResult     `json:"rounds"`
}

// percentile is one point of the distribution over all windows that count.
type percentile struct {
	Q      float64 `json:"q"`
	Micros float64 `json:"us"`
}

type roundResult struct {
	Foreign float64 `json:"foreign"`
	Dropped bool    `json:"dropped,omitempty"`
	Values  values  `json:"values"`
}

func (c *campaign) result(verdicts []verdict) result {
	o, kind, rate := c.o, "open", c.o.rate
	if o.max {
		kind, rate = "closed", 0
	} else if o.hold > 0 {
		kind = "hold"
	}
	out := result{When: time.Now().UTC().Truncate(time.Second), Machine: c.machine(), Gate: verdicts, Run: runResult{
		Kind: kind, Rate: rate, Poisson: o.poisson, Seed: o.seed, Stream: o.stream, Hold: o.hold,
		Conns: o.conns, Lanes: o.lanes, Rounds: o.rounds, WindowMillis: o.window.Milliseconds(),
		RequestBytes: len(c.records[0].target.request), Foreign: o.foreign, Stopped: c.stop.Load(),
	}}
	for _, r := range c.records {
		out.Targets = append(out.Targets, r.result())
	}
	return out
}

func (r *record) result() targetResult {
	t := targetResult{
		Name: r.target.name, Address: r.target.addr.String(),
		Sent: r.kept.sent + r.dropped.sent, OK: r.kept.ok + r.dropped.ok, Retried: r.kept.retried + r.dropped.retried,
		Chunks: r.kept.relay.n, Failures: r.reasons(), Dropped: r.droppedWindows(),
		Figures: r.spreads(),
	}
	if r.kept.ok > 0 {
		t.ReplyBytes = float64(r.kept.bytes) / float64(r.kept.ok)
	}
	for _, q := range curve(r.kept.latency.n) {
		t.Percentiles = append(t.Percentiles, percentile{q, r.kept.latency.quantile(q) / 1e3})
	}
	for _, w := range r.windows {
		t.Rounds = append(t.Rounds, roundResult{w.foreign, w.dropped, w.values})
	}
	return t
}

// curve returns the quantiles to show of n values: 0, then closer and closer to 1, as long
// as at least one value is beyond.
func curve(n uint64) (qs []float64) {
	if n == 0 {
		return nil
	}
	const steps = 8 // points for each factor of ten
	left := 1.0
	for i := 0; left*float64(n) >= 1 && i < 8*steps; i++ {
		qs = append(qs, 1-left)
		left *= 0.7498942093324559 // the eighth root of a tenth
	}
	return qs
}

func (c *campaign) machine() machineResult {
	m := machineResult{CPUs: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH}
	m.Kernel = strings.TrimSpace(string(c.proc.file("sys", "kernel", "osrelease")))
	for line := range strings.Lines(string(c.proc.file("cpuinfo"))) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			m.Model = strings.TrimSpace(value)
			break
		}
	}
	return m
}

// writeJSON writes the document to a file.
func (d result) writeJSON(name string) error {
	return writeFile(name, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(d)
	})
}
