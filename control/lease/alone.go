package lease

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"asbru/core"
)

// A twinError says that another process runs as this machine: it has the same ledger, so one of the two has a copy.
type twinError struct{ machine, host string }

func (e *twinError) Error() string {
	return fmt.Sprintf("machine %s runs already, on %s, with the ledger that this one has a copy of: stop one of the two, or begin a ledger here by removing the copy (governance.ledger)", e.machine, e.host)
}

// alone makes sure that nobody else runs as this machine before it takes over what that was granted: two would each spend it. As long as
// it runs it has a lock in the database, which ends with its connection. A machine that lost its power may leave one behind that
// lasts for hours, so a lock counts only while somebody reports as this machine. Once this machine is in operation it lacks the
// lock at most for as long as a connection does, and whoever else begins then finds that it reports.
func (a *Agent) alone(ctx context.Context) error {
	held, err := a.lock(ctx)
	if err != nil || a.wrote != 0 || held && !a.twin {
		return err
	}
	var host string
	var live bool
	ask, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	err = a.db.QueryRowContext(ask, `SELECT host, seen > `+clock+` - $2 FROM asbru_machines WHERE machine = $1`, a.machine, liveFor.Milliseconds()).Scan(&host, &live)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if a.twin = live; live {
		a.unlock(ask) // the other one needs it when it begins anew
		return &twinError{a.machine, host}
	}
	return nil
}

// lock takes the machine's lock, for which a process that begins waits a moment: the one before may just have ended.
func (a *Agent) lock(ctx context.Context) (held bool, err error) {
	for end := core.Clock() + int64(aloneWait); ; {
		held, err = a.tryLock(ctx)
		if held || err != nil || a.wrote != 0 || a.twin || core.Clock() > end {
			return held, err
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(aloneAgain):
		}
	}
}

// tryLock reports whether this process has the lock, which it takes if nobody does. It is kept on a connection of its own.
func (a *Agent) tryLock(ctx context.Context) (held bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, askWait)
	defer cancel()
	if a.locked != nil {
		if _, err := a.locked.ExecContext(ctx, `SELECT 1`); err == nil {
			return true, nil
		}
		a.unlock(ctx)
	}
	conn, err := a.db.Conn(ctx)
	if err != nil {
		return false, err
	}
	if err := conn.QueryRowContext(ctx, `SELECT pg_try_advisory_lock($1)`, lockOf(a.machine)).Scan(&held); err != nil || !held {
		conn.Close()
		return false, err
	}
	a.locked = conn
	return true, nil
}

// unlock gives the lock back, if the connection still lives.
func (a *Agent) unlock(ctx context.Context) {
	if a.locked == nil {
		return
	}
	a.locked.ExecContext(ctx, `SELECT pg_advisory_unlock($1)`, lockOf(a.machine)) // it ends with the connection in any case
	a.locked.Close()
	a.locked = nil
}

// lockOf is the number of a machine's lock.
func lockOf(machine string) int64 {
	sum := sha256.Sum256([]byte("asbru machine " + machine))
	return int64(binary.LittleEndian.Uint64(sum[:]))
}
