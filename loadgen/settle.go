package loadgen

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// Connections when --conns is not given.
const (
	maxModeConns  = 64
	openLoopConns = 4096
)

// settle adds the defaults, and refuses options that are contradictory or without a bound,
// before anything is sent.
func (o *options) settle(given map[string]bool) error {
	o.keys.bind(o.targets)
	o.models.bind(o.targets)
	if len(o.targets) == 0 {
		return errors.New("name a server: asbru loadgen http://127.0.0.1:8080, or --target NAME=URL for several")
	}
	if len(o.targets) > maxTargets {
		return fmt.Errorf("%d targets are more than the %d a run may have", len(o.targets), maxTargets)
	}
	seen := make(map[string]bool)
	for _, t := range o.targets {
		if seen[t.name] {
			return fmt.Errorf("target %q is named twice; give each its own name", t.name)
		}
		seen[t.name] = true
	}
	for _, check := range []func(map[string]bool) error{o.settleMode, o.settleTime, o.settleRequest} {
		if err := check(given); err != nil {
			return err
		}
	}
	return o.settleVolume()
}

func (o *options) settleMode(given map[string]bool) error {
	switch {
	case o.max && o.hold > 0:
		return errors.New("--max and --hold are two kinds of run; give one")
	case o.max && (given["rate"] || o.poisson):
		return errors.New("--max sends as fast as it is answered; leave --rate and --poisson out")
	case o.hold < 0 || o.hold > maxConns:
		return fmt.Errorf("--hold %d must lie between 1 and %d streams", o.hold, maxConns)
	case o.hold > 0 && !given["rate"]:
		o.rate = 2000
	case !(o.rate > 0 && o.rate <= maxRate):
		return fmt.Errorf("--rate %g must be more than 0 and at most %d requests a second", o.rate, maxRate)
	}
	if o.hold > 0 {
		o.stream = true
		o.conns = max(o.conns, o.hold)
	}
	if o.conns == 0 {
		o.conns = openLoopConns
		if o.max {
			o.conns = maxModeConns
		}
	}
	if o.conns < 1 || o.conns > maxConns {
		return fmt.Errorf("--conns %d must lie between 1 and %d", o.conns, maxConns)
	}
	if o.lanes < 1 || o.lanes > maxLanes || o.lanes > o.conns {
		return fmt.Errorf("--lanes %d must lie between 1 and %d, and not above --conns", o.lanes, maxLanes)
	}
	return nil
}

func (o *options) settleTime(given map[string]bool) error {
	if o.hold > 0 {
		if !given["rounds"] {
			o.rounds = 1
		}
		if !given["duration"] {
			o.duration = 10 * time.Second
		}
		if o.window = o.duration; o.window < shortestHold {
			return fmt.Errorf("--duration %v is too short to hold streams; give %v or more", o.duration, shortestHold)
		}
	}
	if o.rounds < 1 || o.rounds > maxRounds {
		return fmt.Errorf("--rounds %d must lie between 1 and %d", o.rounds, maxRounds)
	}
	if o.hold == 0 && given["duration"] {
		switch {
		case given["rounds"] && given["window"]:
			return errors.New("--duration is --rounds times --window; give two of the three")
		case given["rounds"]:
			o.window = o.duration / time.Duration(o.rounds)
		default:
			o.window = min(o.window, o.duration)
			o.rounds = int(math.Round(float64(o.duration) / float64(max(o.window, 1))))
		}
	}
	if o.rounds < 1 || o.rounds > maxRounds {
		return fmt.Errorf("%v in windows of %v makes %d rounds; at most %d are run: lengthen --window", o.duration, o.window, o.rounds, maxRounds)
	}
	if o.window < 10*time.Millisecond || o.window > maxWindow {
		return fmt.Errorf("a window of %v must lie between 10ms and %v", o.window, maxWindow)
	}
	if total := time.Duration(len(o.targets)*o.rounds) * o.window; total > maxRun {
		return fmt.Errorf("%d targets, %d rounds and windows of %v would send for %v; at most %v are run", len(o.targets), o.rounds, o.window, total, maxRun)
	}
	if o.timeout < time.Millisecond || o.timeout > maxRun || o.drain < 0 || o.drain > maxRun || o.warmup < 0 || o.warmup > maxWindow {
		return errors.New("--timeout, --drain and --warmup must be positive and at most an hour, --warmup at most ten minutes")
	}
	if o.drain == 0 {
		o.drain = o.timeout
	}
	return nil
}

func (o *options) settleRequest(given map[string]bool) error {
	switch {
	case !strings.HasPrefix(o.path, "/") || strings.ContainsAny(o.path, " \r\n"):
		return fmt.Errorf("--path %q must begin with a slash and hold no space", o.path)
	case !wellNamed(o.method) || strings.ToUpper(o.method) != o.method:
		return fmt.Errorf("--method %q is not a method; write GET or POST", o.method)
	case o.bodyFile != "" && (given["model"] || given["request-bytes"]):
		return errors.New("--body-file is sent as it is; leave --model and --request-bytes out")
	case o.distinct && (o.bodyFile != "" || o.method == "GET" || o.requestSize < minDistinct):
		return fmt.Errorf("--distinct numbers the text of a chat: give it %d --request-bytes at least", minDistinct)
	case o.requestSize < 0 || o.requestSize > maxBody:
		return fmt.Errorf("--request-bytes %d must lie between 0 and %d", o.requestSize, maxBody)
	case !percent(o.foreign) || !percent(o.forgive):
		return errors.New("--foreign and --allow-errors are percentages, 0 to 100")
	}
	if len(o.models) == 0 {
		o.models = perTarget{{"", "mock"}}
	}
	for _, k := range o.keys {
		if strings.ContainsAny(k.value, "\r\n") {
			return errors.New("--key may not hold a line break")
		}
	}
	return nil
}

// settleVolume bounds the requests of a run.
func (o *options) settleVolume() error {
	if o.max || o.hold > 0 {
		return nil // bounded by limit and by conns
	}
	if n := o.rate * o.window.Seconds() * float64(o.rounds*len(o.targets)); n > maxRequests {
		return fmt.Errorf("the run would send %.0f requests; at most %d are sent: lower --rate or --duration", n, maxRequests)
	}
	return nil
}

// limit is how many requests a closed-loop window may send.
func (o *options) limit() int {
	return max(maxRequests/(o.rounds*len(o.targets)), 1)
}

// percent is false for NaN too.
func percent(f float64) bool { return f >= 0 && f <= 100 }
