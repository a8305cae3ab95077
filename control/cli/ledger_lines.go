package cli

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"asbru/core"
	"asbru/core/audit"
	"asbru/core/ledger"
)

const (
	maxChargeLine = 1 << 20 // bytes of a line of the file to reconcile
	maxTold       = 20      // differences that are listed
)

// A line is a record as dump prints it, and as reconcile reads it from other sources.
type line struct {
	Seq     uint64        `json:"seq,omitempty"`
	Kind    string        `json:"kind,omitempty"`
	Time    string        `json:"time,omitempty"`
	ID      string        `json:"id,omitempty"`
	Attempt uint8         `json:"attempt,omitempty"`
	Ref     uint64        `json:"ref,omitempty"`    // the intent that this is about
	Nanos   *int64        `json:"nanos,omitempty"`  // billionths of a dollar
	Floor   int64         `json:"floor,omitempty"`  // of an intent: due if nothing more is heard of it
	Claim   int64         `json:"claim,omitempty"`  // of a settle: what was claimed beyond what was held
	Unheld  bool          `json:"unheld,omitempty"` // of a record of the audit trail: nothing was held for the call
	Flags   []string      `json:"flags,omitempty"`
	On      []lineAccount `json:"on,omitempty"`
	Payload any           `json:"payload,omitempty"` // what a call or a change says; text or JSON as it is; other bytes as hexadecimal digits after "hex:"
}

type lineAccount struct {
	Account string `json:"account"` // the name, or the number where the log no longer has the name
	Window  string `json:"window,omitempty"`
}

// lines prints records.
type lines struct {
	w     *bufio.Writer
	enc   *json.Encoder
	names map[uint32]string
}

func newLines(w io.Writer) *lines {
	b := bufio.NewWriter(w)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	return &lines{b, enc, map[uint32]string{}}
}

func (l *lines) flush() error { return l.w.Flush() }

// note learns the names of accounts.
func (l *lines) note(r *ledger.Record) {
	if r.Kind == ledger.Account && len(r.Lines) == 1 {
		l.names[r.Lines[0].Account] = string(r.Payload)
	}
}

func (l *lines) record(r *ledger.Record) error {
	x := line{
		Seq: uint64(r.Seq), Kind: r.Kind.String(), Time: time.Unix(0, r.Time).UTC().Format(time.RFC3339Nano),
		Attempt: r.Attempt, Ref: uint64(r.Ref), Flags: flags(r.Flags), Payload: payload(r),
	}
	if r.ID != [16]byte{} {
		x.ID = hex.EncodeToString(r.ID[:])
	}
	switch n := int64(r.Amount); r.Kind {
	case ledger.Intent:
		x.Nanos, x.Floor = &n, int64(r.Floor)
	case ledger.Settle:
		x.Nanos, x.Claim = &n, int64(r.Floor)
	case ledger.Progress, ledger.Charge, ledger.Release:
		x.Nanos = &n
	}
	for _, a := range r.Lines {
		on := lineAccount{Account: l.names[a.Account]}
		if on.Account == "" {
			on.Account = fmt.Sprint(a.Account)
		}
		if a.Window > 0 {
			on.Window = time.Unix(int64(a.Window), 0).UTC().Format(time.RFC3339)
		}
		x.On = append(x.On, on)
	}
	return l.enc.Encode(&x)
}

func flags(f uint8) (names []string) {
	for i, name := range []string{"partial", "estimated", "clamped", "cached"} {
		if f&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

func payload(r *ledger.Record) any {
	b := r.Payload
	if len(b) == 0 {
		return nil
	}
	if r.Kind != ledger.Account {
		if said, ok := audit.AppendJSON(nil, b, r.Kind == ledger.Admin); ok {
			return json.RawMessage(said)
		}
	}
	switch {
	case json.Valid(b):
		return json.RawMessage(b)
	case utf8.Valid(b):
		return string(b)
	}
	return "hex:" + hex.EncodeToString(b)
}

// readCharges reads a file of what calls cost. It skips empty lines, lines that charge
// nothing, and calls for which nothing was held.
func readCharges(file string) (map[string]charged, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m := map[string]charged{}
	s := bufio.NewScanner(f)
	s.Buffer(nil, maxChargeLine)
	for n := 1; s.Scan(); n++ {
		text := strings.TrimSpace(s.Text())
		if text == "" {
			continue
		}
		var x line
		if err := json.Unmarshal([]byte(text), &x); err != nil {
			return nil, fmt.Errorf("%s:%d: not a JSON object with id and nanos: %w", file, n, err)
		}
		switch x.Kind {
		case "", "settle", "release", "charge", "call":
		default:
			continue
		}
		if x.Unheld {
			continue
		}
		if x.ID == "" || x.Nanos == nil {
			return nil, fmt.Errorf("%s:%d: a charge needs an id and nanos", file, n)
		}
		add(m, strings.ToLower(x.ID), core.Money(*x.Nanos), false)
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", file, err)
	}
	return m, nil
}

// compare lists where a file and the ledger differ, and returns how often. Only a call that
// a crash cut off may be missing in the file: nobody could observe its end.
func (t teller) compare(file string, own, theirs map[string]charged) (bad int) {
	tell := func(format string, args ...any) {
		if bad++; bad <= maxTold {
			fmt.Fprintf(t.out, "  "+format+"\n", args...)
		}
	}
	cut := 0
	sum := core.Money(0)
	fmt.Fprintf(t.out, "%s:\n", file)
	for _, id := range slices.Sorted(maps.Keys(theirs)) {
		a, known := own[id]
		b := theirs[id]
		sum += b.cost
		switch {
		case !known:
			tell("%s cost %v there and is not in the ledger", id, b.cost)
		case a.cost != b.cost:
			tell("%s cost %v there and %v in the ledger", id, b.cost, a.cost)
		case a.times != b.times:
			tell("%s was charged %d times there and %d times in the ledger", id, b.times, a.times)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(own)) {
		if _, known := theirs[id]; known {
			continue
		}
		if own[id].partial {
			cut++
			continue
		}
		tell("%s cost %v in the ledger and is not there", id, own[id].cost)
	}
	if bad > maxTold {
		fmt.Fprintf(t.out, "  and %d more\n", bad-maxTold)
	}
	said := t.app.paint(t.out).good("exact")
	if bad > 0 {
		said = t.app.paint(t.out).bad(count(bad, "difference"))
	}
	fmt.Fprintf(t.out, "  %s: %s, %v; %s cut off by a crash\n", said, count(len(theirs), "call"), sum, count(cut, "call"))
	return bad
}
