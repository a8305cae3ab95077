package importer

import (
	"math"
	"strconv"
	"strings"
	"time"

	"asbru/core/config"
)

// text returns a scalar as written, without resolving references.
func (f field) text() string {
	if !f.there() {
		return ""
	}
	if f.v.Form >= config.List {
		f.leave("it is %s, expected text", f.v.Form)
		return ""
	}
	return f.v.Text
}

// flag reads a bool; ok is false if there is none.
func (f field) flag() (on, ok bool) {
	switch strings.ToLower(f.text()) {
	case "true":
		return true, true
	case "false":
		return false, true
	case "":
		return false, false
	}
	f.leave("it is neither true nor false")
	return false, false
}

// on is flag with false as the default.
func (f field) on() bool {
	on, _ := f.flag()
	return on
}

// number reads a number that is not negative; ok is false if there is none.
func (f field) number() (x float64, ok bool) {
	text := f.text()
	if text == "" {
		return 0, false
	}
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(x) || x < 0 || x > 1e15 {
		f.leave("it is no number that can be used")
		return 0, false
	}
	return x, true
}

// quietly is number without reporting a problem.
func (f field) quietly() (x float64, ok bool) {
	if f.v == nil || f.v.Form != config.Number {
		return 0, false
	}
	x, err := strconv.ParseFloat(f.v.Text, 64)
	return x, err == nil && x >= 0 && x < 1e9
}

// perMillion converts the price of a token into that of a million tokens, in dollars.
func perMillion(usd float64) float64 { return math.Round(usd*1e15) / 1e9 }

// count reads a whole number up to most; a larger one is reported and reduced to most.
func (f field) count(most int) (n int, ok bool) {
	x, ok := f.number()
	if !ok {
		return 0, false
	}
	if x > float64(most) {
		f.partly("is cut to %d, the most there is here", most)
		x = float64(most)
	}
	return int(math.Round(x)), true
}

// duration reads a number of units, or text such as 30s; 0 if there is none.
func (f field) duration(unit time.Duration) config.Duration {
	text := f.text()
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return config.Duration(d)
	}
	x, ok := f.number()
	if !ok || x*float64(unit) > float64(maxWait) {
		return 0
	}
	return config.Duration(x * float64(unit))
}
