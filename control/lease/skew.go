package lease

import (
	"errors"
	"fmt"
	"time"

	"asbru/core/govern"
)

// A skewError reports how far this machine's clock is ahead of the database's, when that is too far. Windows begin
// by a machine's clock, for all machines, and none returns to an earlier one: a clock that is
// a year ahead would begin next year's for everybody.
type skewError struct{ ahead time.Duration }

func (e skewError) Error() string {
	than, d := "ahead of", e.ahead
	if d < 0 {
		than, d = "behind", -d
	}
	return fmt.Sprintf("this machine's clock is %v %s the database's, and may differ by %v: set one of them right", d.Round(time.Second), than, mostSkew)
}

func skewed(err error) bool {
	_, ok := errors.AsType[skewError](err)
	return ok
}

// skew returns how far a moment of this machine, in Unix nanoseconds, is ahead of one of the database, in Unix
// milliseconds, and a skewError if that is too far.
func (a *Agent) skew(now, database int64) (time.Duration, error) {
	if a.theirs != nil {
		database = a.theirs(database)
	}
	ahead := time.Duration(now) - time.Duration(database)*time.Millisecond
	if ahead > mostSkew || ahead < -mostSkew {
		return ahead, skewError{ahead}
	}
	return ahead, nil
}

// stays reports whether this machine is in the window that began at start, so that its clock does not matter.
func stays(l *govern.Lease, start int64, fresh bool) bool {
	o, joined := l.Origin()
	return joined && o == start && !fresh
}
