package loadgen

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strings"
)

// Size of the plot in user units.
const (
	plotWidth  = 860
	plotHeight = 480
	plotLeft   = 80
	plotRight  = 170
	plotTop    = 50
	plotBottom = 60
)

// inks distinguish targets, also for most colour-blind people and in print.
var inks = [...]string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c6d31"}

// dashes distinguish more targets than there are inks.
var dashes = [...]string{"none", "6 3", "2 3"}

// plot maps values to user units: percentiles to the right, closer and closer to 100 %, and
// latency upwards, both in decades.
type plot struct {
	low, high float64 // log10 of microseconds
	nines     float64 // decades of 1-q shown
}

// writeSVG draws the latency percentiles of every target.
func (d result) writeSVG(name string) error {
	return writeFile(name, d.drawSVG)
}

func (d result) drawSVG(out io.Writer) error {
	w := bufio.NewWriter(out)
	p := d.plot()
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", plotWidth, plotHeight)
	fmt.Fprintf(w, `<rect width="%d" height="%d" fill="#fff"/>`+"\n", plotWidth, plotHeight)
	text(w, plotLeft, 28, "start", "Latency by percentile, from the intended start: "+d.title())
	p.grid(w)
	for i, t := range d.Targets {
		p.curve(w, i, t)
	}
	fmt.Fprintln(w, `</svg>`)
	return w.Flush()
}

func (d result) title() string {
	if d.Run.Kind == "open" {
		return fmt.Sprintf("%g requests a second, %d bytes each", d.Run.Rate, d.Run.RequestBytes)
	}
	return fmt.Sprintf("%s run, %d connections", d.Run.Kind, d.Run.Conns)
}

// plot finds the range of the axes.
func (d result) plot() plot {
	low, high, nines := math.Inf(1), math.Inf(-1), 1.0
	for _, t := range d.Targets {
		for _, pt := range t.Percentiles {
			v := math.Log10(max(pt.Micros, 0.1))
			low, high = min(low, v), max(high, v)
			nines = max(nines, -math.Log10(1-pt.Q))
		}
	}
	if low > high {
		low, high = 0, 1
	}
	low = math.Floor(low*4) / 4 // whole quarters of a decade
	return plot{low, max(math.Ceil(high*4)/4, low+0.25), math.Ceil(nines)}
}

func (p plot) x(q float64) float64 {
	return plotLeft - math.Log10(1-q)/p.nines*(plotWidth-plotLeft-plotRight)
}

func (p plot) y(us float64) float64 {
	part := (math.Log10(max(us, 0.1)) - p.low) / (p.high - p.low)
	return plotHeight - plotBottom - part*(plotHeight-plotTop-plotBottom)
}

// grid draws axes, lines and their labels.
func (p plot) grid(w io.Writer) {
	bottom, right := plotHeight-plotBottom, plotWidth-plotRight
	rule := func(x1, y1, x2, y2 float64) {
		fmt.Fprintf(w, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#ddd"/>`+"\n", x1, y1, x2, y2)
	}
	qs := []float64{0, 0.5}
	for n := 1.0; n <= p.nines; n++ {
		qs = append(qs, 1-math.Pow(10, -n))
	}
	for _, q := range qs {
		rule(p.x(q), plotTop, p.x(q), float64(bottom))
		text(w, p.x(q), float64(bottom)+18, "middle", fmt.Sprintf("%.6g %%", q*100))
	}
	for decade := math.Floor(p.low); decade <= p.high; decade++ {
		for _, step := range []float64{1, 2, 5} {
			us := step * math.Pow(10, decade)
			if l := math.Log10(us); l < p.low-1e-9 || l > p.high+1e-9 {
				continue
			}
			rule(plotLeft, p.y(us), float64(right), p.y(us))
			text(w, plotLeft-8, p.y(us)+4, "end", micros(us))
		}
	}
	fmt.Fprintf(w, `<rect x="%d" y="%d" width="%d" height="%d" fill="none" stroke="#666"/>`+"\n", plotLeft, plotTop, right-plotLeft, bottom-plotTop)
	text(w, float64(plotLeft+right)/2, plotHeight-14, "middle", "percentile")
}

// curve draws one target and its entry in the legend.
func (p plot) curve(w io.Writer, i int, t targetResult) {
	ink := inks[i%len(inks)]
	style := fmt.Sprintf(`fill="none" stroke="%s" stroke-width="2" stroke-dasharray="%s"`, ink, dashes[i/len(inks)%len(dashes)])
	var points strings.Builder
	for _, pt := range t.Percentiles {
		fmt.Fprintf(&points, "%.1f,%.1f ", p.x(pt.Q), p.y(pt.Micros))
	}
	fmt.Fprintf(w, `<polyline points="%s" %s/>`+"\n", strings.TrimSpace(points.String()), style)
	y := float64(plotTop + 10 + 26*i)
	x := float64(plotWidth - plotRight + 14)
	fmt.Fprintf(w, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" %s/>`+"\n", x, y, x+22, y, style)
	text(w, x+28, y+4, "start", t.Name)
	if s, ok := t.Figures["added_p50"]; ok {
		text(w, x+28, y+16, "start", "adds "+micros(s.Median))
	}
}

// text writes one line of escaped text.
func text(w io.Writer, x, y float64, anchor, s string) {
	fmt.Fprintf(w, `<text x="%.1f" y="%.1f" text-anchor="%s">`, x, y, anchor)
	xml.EscapeText(w, []byte(s)) // a bufio.Writer keeps its first error for Flush
	fmt.Fprintln(w, `</text>`)
}
