package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sort"
	"strconv"
	"strings"
	"time"
)

// decisions reads the gateway's own time per request from /metrics before and after the load, so
// that only the load counts.
func decisions(gateway server, out *section) (after func() error, err error) {
	names := map[string]string{"asbru_decision_seconds": "decision", "asbru_decision_with_kernel_seconds": "decision_with_kernel"}
	before, err := metricsPage(gateway.addr)
	if err != nil {
		return nil, err
	}
	return func() error {
		page, err := metricsPage(gateway.addr)
		if err != nil {
			return err
		}
		for family, name := range names {
			h := bucketsOf(page, family).less(bucketsOf(before, family))
			if len(h) == 0 {
				continue
			}
			for _, q := range []float64{0.5, 0.99, 0.999} {
				x, err := h.quantile(q)
				if err != nil {
					return fmt.Errorf("cannot read %s: %w", family, err)
				}
				out.add(fmt.Sprintf("%s_p%s", name, strings.TrimPrefix(strconv.FormatFloat(q*100, 'f', -1, 64), "0")), "µs", x*1e6)
			}
		}
		sort.Slice(out.Figures, func(i, j int) bool { return out.Figures[i].Name < out.Figures[j].Name })
		return nil
	}, nil
}

func metricsPage(addr string) (string, error) {
	c := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	r, err := c.Get("http://" + addr + "/metrics")
	if err != nil {
		return "", fmt.Errorf("cannot read /metrics: %w", err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(io.LimitReader(r.Body, maxPage))
	if err == nil && r.StatusCode != http.StatusOK {
		err = fmt.Errorf("cannot read /metrics: status %d", r.StatusCode)
	}
	return string(b), err
}

// buckets is a histogram by upper bound in seconds; counts are cumulative. The
// lanes are added up.
type buckets map[float64]float64

// bucketsOf reads one family of a page in the Prometheus text format.
func bucketsOf(page, family string) buckets {
	h := make(buckets)
	for line := range strings.Lines(page) {
		labels, ok := strings.CutPrefix(line, family+"_bucket{")
		if !ok {
			continue
		}
		_, le, ok := strings.Cut(labels, `le="`)
		if !ok {
			continue
		}
		le, rest, _ := strings.Cut(le, `"`)
		upper, err1 := strconv.ParseFloat(le, 64)
		count, err2 := strconv.ParseFloat(strings.TrimSpace(rest[strings.LastIndexByte(rest, ' ')+1:]), 64)
		if err1 == nil && err2 == nil {
			h[upper] += count
		}
	}
	return h
}

// less subtracts an earlier reading.
func (h buckets) less(before buckets) buckets {
	d := make(buckets, len(h))
	for upper, n := range h {
		d[upper] = n - before[upper]
	}
	return d
}

// quantile interpolates within the bucket of the quantile, as Prometheus does.
func (h buckets) quantile(q float64) (float64, error) {
	uppers := make([]float64, 0, len(h))
	for u := range h {
		uppers = append(uppers, u)
	}
	sort.Float64s(uppers)
	if len(uppers) == 0 || h[uppers[len(uppers)-1]] == 0 {
		return 0, errors.New("it has no values")
	}
	want, low, below := q*h[uppers[len(uppers)-1]], 0.0, 0.0
	for i, u := range uppers {
		if n := h[u]; n >= want {
			if i == len(uppers)-1 { // +Inf has no width
				return low, nil
			}
			return low + (u-low)*(want-below)/(n-below), nil
		}
		low, below = u, h[u]
	}
	return low, nil
}
