package loadgen

import (
	"fmt"
	"io"
	"os"
	"time"
)

// liveLine is one line of a terminal that is rewritten during the run. A nil one shows
// nothing.
type liveLine struct {
	out   io.Writer
	paint paint
	last  time.Time
	total int // windows of the run
	done  int
}

// newLiveLine is nil when w is not a terminal.
func newLiveLine(w io.Writer, windows int) *liveLine {
	if !terminal(w) {
		return nil
	}
	return &liveLine{out: w, paint: paintFor(w), total: windows}
}

// show is called after each window.
func (l *liveLine) show(round int, r *record, w *window) {
	if l == nil {
		return
	}
	l.done++
	note := ""
	if w.dropped {
		note = l.paint.bad(fmt.Sprintf("  dropped, foreign CPU %.0f %%", w.foreign*100))
	}
	fmt.Fprintf(l.out, "\r\x1b[K%s round %d  %s  %.0f/s  p50 %s  p99 %s  success %s%s",
		l.paint.dim(fmt.Sprintf("%d/%d", l.done, l.total)), round+1, l.paint.bold(r.target.name),
		w.values["rate"], micros(w.values["p50"]), micros(w.values["p99"]), percentOf(w.values["success"]), note)
}

// hold is called while streams are opened and held.
func (l *liveLine) hold(r *record, open, want int) {
	if l == nil || time.Since(l.last) < time.Second/4 {
		return
	}
	l.last = time.Now()
	fmt.Fprintf(l.out, "\r\x1b[K%s  %d of %d streams open", l.paint.bold(r.target.name), open, want)
}

func (l *liveLine) clear() {
	if l != nil {
		fmt.Fprint(l.out, "\r\x1b[K")
	}
}

// paint colours text, or leaves it unchanged.
type paint bool

// paintFor honours NO_COLOR (no-color.org) and paints for terminals only.
func paintFor(w io.Writer) paint {
	return paint(terminal(w) && os.Getenv("NO_COLOR") == "")
}

func (p paint) wrap(code, s string) string {
	if !p {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p paint) bold(s string) string { return p.wrap("1", s) }
func (p paint) dim(s string) string  { return p.wrap("2", s) }
func (p paint) good(s string) string { return p.wrap("32", s) }
func (p paint) bad(s string) string  { return p.wrap("31", s) }

func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0
}

// micros writes microseconds with three figures: 87.2 µs, 1.24 ms.
func micros(us float64) string {
	neg := ""
	if us < 0 {
		neg, us = "-", -us
	}
	switch {
	case us >= 1e6:
		return fmt.Sprintf("%s%.2f s", neg, us/1e6)
	case us >= 1e4:
		return fmt.Sprintf("%s%.1f ms", neg, us/1e3)
	case us >= 1e3:
		return fmt.Sprintf("%s%.2f ms", neg, us/1e3)
	case us >= 100:
		return fmt.Sprintf("%s%.0f µs", neg, us)
	}
	return fmt.Sprintf("%s%.1f µs", neg, us)
}

// percentOf writes a share; only a full one is 100 %.
func percentOf(share float64) string {
	if share < 1 && share > 0.9999 {
		return "<100 %"
	}
	return fmt.Sprintf("%.4g %%", share*100)
}
