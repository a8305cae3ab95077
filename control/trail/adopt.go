package trail

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"asbru/core/ledger"
)

// lockName is the file that one process holds a lock on, and ledgerName the one that says which ledger is followed.
const (
	lockName   = "trail.lock"
	ledgerName = "ledger"
)

// lockDir keeps other processes out of a trail. One that was killed may still be there for a moment.
func lockDir(dir string) (io.Closer, error) {
	path := filepath.Join(dir, lockName)
	lock, err := ledger.Lock(path)
	for end := time.Now().Add(lockWait); errors.Is(err, ledger.ErrLocked) && time.Now().Before(end); {
		time.Sleep(lockAgain)
		lock, err = ledger.Lock(path)
	}
	if errors.Is(err, ledger.ErrLocked) {
		return nil, fmt.Errorf("another process writes the audit trail in %s, for another ledger: end that one first, or name another directory (audit.dir)", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot lock the audit trail: %w", err)
	}
	return lock, nil
}

// adopt makes sure that the trail's position is one in log: positions of another ledger, or of a later state of this one,
// are none. Then it goes on where log begins or, of an older copy, where that ended, and a record says so.
func (t *Trail) adopt(log *ledger.Ledger) error {
	found := log.Found()
	id, path := fmt.Sprintf("%x", found.ID), filepath.Join(t.o.Dir, ledgerName)
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot read which ledger the audit trail follows: %w", err)
	}
	was := strings.TrimSpace(string(b))
	t.mu.Lock()
	defer t.mu.Unlock()
	to := t.at
	switch {
	case was != "" && was != id:
		to = log.First()
		t.o.Log.Error("the audit trail followed another ledger so far, and goes on with this one", "ledger", id, "before", was)
	case t.at > found.End:
		to = found.End
		t.o.Log.Error("the ledger has less than the audit trail has read of it, as an older copy does; the trail goes on from there", "ledger", uint64(found.End), "trail", uint64(t.at))
	case was == id:
		return nil
	}
	if to != t.at || was != "" {
		t.buf = t.chain.Gap(t.buf, uint64(t.at), uint64(to), t.o.Now().UnixNano())
		t.loose++
		t.at = to
		if err := t.flush(); err != nil {
			return err
		}
	}
	return writeWhole(path, []byte(id+"\n"), 0o600)
}
