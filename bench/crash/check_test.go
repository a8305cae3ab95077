package crash

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"asbru/core"
	"asbru/core/govern"
	"asbru/core/ledger"
)

// An acknowledgement is the last line of a driver about a call.
type acknowledgement struct {
	ended bool
	cost  core.Money
}

// A client collects all acknowledgements, over all lives of the process.
type client struct {
	told    map[string]acknowledgement
	lives   int
	slowest time.Duration // to be ready
	full    int           // calls that were refused because there was no space
	deaf    bool          // it ignores the rest of this life's output
}

func newClient() *client { return &client{told: map[string]acknowledgement{}} }

// command returns the command of a driver on dir, possibly run by another program.
func command(dir string, calls int, before ...string) *exec.Cmd {
	words := append(before, os.Args[0])
	c := exec.Command(words[0], words[1:]...)
	c.Env = append(os.Environ(), dirVar+"="+dir, fmt.Sprintf("%s=%d", callsVar, calls))
	return c
}

// listen records the output of a driver to its end. heard, if not nil, is called after each line.
func (c *client) listen(r io.Reader, heard func(line string)) error {
	s := bufio.NewScanner(r)
	for c.deaf = false; s.Scan(); {
		if c.deaf {
			continue
		}
		words := strings.Fields(s.Text())
		switch {
		case len(words) == 2 && words[0] == "ready":
			var us int64
			fmt.Sscan(words[1], &us)
			c.slowest = max(c.slowest, time.Duration(us)*time.Microsecond)
			c.lives++
		case len(words) == 2 && words[0] == "began":
			c.told[words[1]] = acknowledgement{}
		case len(words) == 2 && words[0] == "free":
			c.told[words[1]] = acknowledgement{ended: true}
		case len(words) == 3 && words[0] == "cost":
			var n int64
			fmt.Sscan(words[2], &n)
			c.told[words[1]] = acknowledgement{true, core.Money(n)}
		case s.Text() == "full":
			c.full++
		default:
			continue // an incomplete line
		}
		if heard != nil {
			heard(words[0])
		}
	}
	return s.Err()
}

// A story is the records of the ledger about one call.
type story struct {
	intents, ends int
	cost          core.Money
	partial       bool
	lines         []ledger.Line
}

// check opens the ledger again, as the next process would, and compares it with the
// acknowledgements.
func (c *client) check(t *testing.T, dir string) {
	t.Helper()
	fs, err := ledger.Disk(dir)
	if err != nil {
		t.Fatal(err)
	}
	o := options()
	o.Ledger.Failed = nil
	began := time.Now()
	b, err := govern.Open(fs, o)
	if err != nil {
		t.Fatalf("after %d lives: %v", c.lives, err)
	}
	c.slowest = max(c.slowest, time.Since(began))
	balances := b.Balances(time.Now().UnixNano())
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	calls := map[string]*story{}
	names := map[uint32]string{}
	x, err := govern.Examine(fs, func(r *ledger.Record) error {
		id := hex.EncodeToString(r.ID[:])
		s := calls[id]
		if s == nil {
			s = &story{}
			calls[id] = s
		}
		switch r.Kind {
		case ledger.Account:
			names[r.Lines[0].Account] = string(r.Payload)
		case ledger.Intent:
			s.intents++
			s.lines = append([]ledger.Line(nil), r.Lines...)
		case ledger.Settle, ledger.Release:
			s.ends++
			s.cost += r.Amount
			s.partial = s.partial || r.Flags&ledger.Partial != 0
		}
		return nil
	})
	if err != nil || x.Strays != 0 || len(x.Open) != 0 {
		t.Fatalf("after %d lives: %d strays, %d open: %v", c.lives, x.Strays, len(x.Open), err)
	}
	c.compare(t, calls)
	totals := map[string]core.Money{}
	for _, s := range calls {
		for _, l := range s.lines {
			totals[names[l.Account]] += s.cost
		}
	}
	for _, a := range balances {
		if a.Total != totals[a.Name] || a.Held != 0 {
			t.Errorf("account %s: %v spent and %v held; its calls cost %v", a.Name, a.Total, a.Held, totals[a.Name])
		}
		if a.Name == "small" && a.Total > smallCap {
			t.Errorf("%v spent of %v", a.Total, smallCap)
		}
	}
	t.Logf("%d lives, %d calls told of, %d in the ledger, %d of them cut off, %d refused without room; slowest to be ready %v, %d checkpoints agree",
		c.lives, len(c.told), len(calls)-1, x.Partial, c.full, c.slowest, x.Agreed)
	if c.slowest > 10*time.Second {
		t.Errorf("it took %v to be ready", c.slowest)
	}
}

func (c *client) compare(t *testing.T, calls map[string]*story) {
	t.Helper()
	for id, s := range calls {
		if s.ends != s.intents || s.ends > 1 {
			t.Errorf("call %s began %d times and ended %d times", id, s.intents, s.ends)
		}
	}
	for id, a := range maps.All(c.told) {
		s := calls[id]
		switch {
		case s == nil || s.intents != 1:
			t.Errorf("call %s was told that it is written down, and is not", id)
		case a.ended && (s.partial || s.cost != a.cost):
			t.Errorf("call %s was told that it cost %v; the ledger says %v, partial %v", id, a.cost, s.cost, s.partial)
		}
	}
}
