package govern

import (
	"math"
	"time"
)

// A Window is how long a cap is for: Count of Unit. The zero Window is for ever.
type Window struct {
	Count int
	Unit  byte // s, m, h, d, w, and M, Q, Y for months, quarters and years

	// Calendar has windows begin with the day, the Monday, the month, the quarter or the
	// year in Zone; from a Count of 2 on, with every so manieth of them. Without it one
	// begins with the first call after the last one ended. Windows shorter than a day
	// never follow the calendar.
	Calendar bool
	Zone     *time.Location // nil: UTC
}

// never is the end of what does not end.
const never = math.MaxInt64

// aligned reports whether w follows the calendar.
func (w Window) aligned() bool {
	return w.Calendar && w.Unit != 's' && w.Unit != 'm' && w.Unit != 'h'
}

func (w Window) zone() *time.Location {
	if w.Zone == nil {
		return time.UTC
	}
	return w.Zone
}

// begin is when the window that now is in begins, and what a ledger calls it: whole
// seconds. now and the result are Unix nanoseconds.
func (w Window) begin(now int64) int64 {
	if w.Count <= 0 {
		return 0
	}
	if !w.aligned() {
		return now - now%int64(time.Second)
	}
	t := time.Unix(0, now).In(w.zone())
	y, m, d := t.Date()
	switch w.Unit {
	case 'd', 'w':
		n := days(y, m, d)
		if w.Unit == 'w' {
			d -= (n + 3) % 7 // day 0 was a Thursday
			d -= (n + 3) / 7 % w.Count * 7
		} else {
			d -= n % w.Count
		}
	default:
		months := (y-1970)*12 + int(m) - 1
		y, m, d = 1970, time.Month(months-months%w.months()+1), 1
	}
	return midnight(y, m, d, w.zone()).UnixNano()
}

// midnight is the first moment of a day: where clocks are put forward at midnight there is no 00:00,
// and time.Date may name the hour before; where they are put back over it there are two.
func midnight(y int, m time.Month, d int, zone *time.Location) time.Time {
	t := time.Date(y, m, d, 0, 0, 0, 0, zone)
	since, until := t.ZoneBounds()
	if t.Day() != time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Day() {
		return until
	}
	if !since.IsZero() {
		_, now := t.Zone()
		_, was := since.Add(-1).Zone()
		if first := t.Add(time.Duration(now-was) * time.Second); first.Before(since) {
			return first
		}
	}
	return t
}

// end is when the window that began at start ends. Unix nanoseconds.
func (w Window) end(start int64) int64 {
	if w.Count <= 0 {
		return never
	}
	each := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[w.Unit]
	if !w.aligned() && each > 0 {
		return start + int64(each)*int64(w.Count)
	}
	if w.aligned() {
		start = w.begin(start) // one that was begun otherwise ends with the calendar's
	}
	t := time.Unix(0, start).In(w.zone())
	y, m, d := t.Date()
	switch w.Unit {
	case 'd':
		return midnight(y, m, d+w.Count, w.zone()).UnixNano()
	case 'w':
		return midnight(y, m, d+7*w.Count, w.zone()).UnixNano()
	}
	if m += time.Month(w.months()); w.aligned() {
		return midnight(y, m, 1, w.zone()).UnixNano()
	}
	d = min(d, time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day()) // a month after January 31 is the last of February
	hour, minute, second := t.Clock()
	return time.Date(y, m, d, hour, minute, second, t.Nanosecond(), w.zone()).UnixNano()
}

// Begin is when the window that now is in begins, and End when one that began at start ends. Whole
// Unix seconds; now is Unix nanoseconds. The end of what does not end is out of reach.
func (w Window) Begin(now int64) int64 { return w.begin(now) / int64(time.Second) }
func (w Window) End(start int64) int64 { return w.end(start*int64(time.Second)) / int64(time.Second) }

// months is how many months w has.
func (w Window) months() int {
	return max(map[byte]int{'M': 1, 'Q': 3, 'Y': 12}[w.Unit]*w.Count, 1)
}

// days is the number of days since 1970-01-01.
func days(y int, m time.Month, d int) int {
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}
