package faults

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// second is how long a second of a script takes here. The waits of the gateway's configuration have the
// same scale.
const second = 20 * time.Millisecond

// whole is the time limit of an exchange whose script drips.
const whole = 120 * second

// A script is the behaviour of a provider: for connections, and then for one request after the other. After
// all plays it answers normally.
type script struct {
	door  string // how it listens: "" normally, or refuse, drop, nxdomain, expired, alert, mute
	timed bool   // it stalls for longer than a configured wait
	drips bool   // only the total time is too long
	early bool   // the first play begins before a request was read
	plays [][]act
}

// An act is one step of a play. It reports false when the connection is over.
type act func(s *stage) bool

// A verb recognizes a step by its words.
type verb struct {
	words *regexp.Regexp
	make  func(m []string, sc *script) act // a nil act: it changed the script itself
}

func says(words string, f func(m []string, sc *script) act) verb {
	return verb{regexp.MustCompile("^(?:" + words + ")$"), f}
}

// door returns a verb that sets how the provider listens.
func door(words, kind string) verb {
	return says(words, func([]string, *script) act { return nil }).opens(kind)
}

func (v verb) opens(kind string) verb {
	v.make = func(_ []string, sc *script) act { sc.door = kind; return nil }
	return v
}

// does returns a verb for an act without arguments.
func does(words string, a act) verb {
	return says(words, func([]string, *script) act { return a })
}

// timed returns v for a step that stalls.
func timed(v verb) verb {
	f := v.make
	v.make = func(m []string, sc *script) act { sc.timed = true; return f(m, sc) }
	return v
}

// parse makes a script of steps. An unknown step is an error.
func parse(steps []string) (*script, error) {
	sc := &script{plays: [][]act{nil}}
	answered := false
steps:
	for _, step := range steps {
		if m := status.FindStringSubmatch(step); m != nil {
			code, _ := strconv.Atoi(m[1])
			times := max(count(m[2]), 1)
			if code < 200 {
				sc.add(interim(code, times))
				continue
			}
			for range times { // one play for each request
				if answered {
					sc.plays = append(sc.plays, nil)
				}
				answered = true
				sc.add(final(code, m[3]))
			}
			continue
		}
		for _, v := range slices.Concat(verbs, eventVerbs) {
			if m := v.words.FindStringSubmatch(step); m != nil {
				if a := v.make(m, sc); a != nil {
					sc.add(a)
				}
				continue steps
			}
		}
		return nil, fmt.Errorf("the step %q is not understood", step)
	}
	return sc, nil
}

// waits returns the waits for playing the script.
func (sc *script) waits() waits {
	switch {
	case sc.drips: // no wait between two bytes may end first, even if this process pauses for a second
		return waits{ample.connect, ample.head, ample.stall, whole}
	case sc.timed:
		return brief
	}
	return ample
}

func (sc *script) add(a act) {
	n := len(sc.plays) - 1
	sc.plays[n] = append(sc.plays[n], a)
}

var status = regexp.MustCompile(`^status (\d{3})(?: x([\d,]+))?(?: (\w+))?$`)

// count reads a number with commas, 0 for none.
func count(s string) int {
	n, _ := strconv.Atoi(strings.ReplaceAll(s, ",", ""))
	return n
}

// size reads a number of bytes: a number and a unit.
func size(n, unit string) int {
	f, _ := strconv.ParseFloat(n, 64)
	switch unit {
	case "KiB":
		f *= 1 << 10
	case "MiB":
		f *= 1 << 20
	case "GiB":
		f *= 1 << 30
	}
	return int(f)
}

// span returns a duration of a script at the scale of these tests.
func span(n, unit string) time.Duration {
	f, _ := strconv.ParseFloat(n, 64)
	switch unit {
	case "ms":
		f /= 1000
	case "min":
		f *= 60
	case "h":
		f *= 3600
	}
	return time.Duration(f * float64(second))
}
