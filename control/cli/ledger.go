package cli

import (
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"asbru/core"
	"asbru/core/govern"
	"asbru/core/ledger"
)

// Ledger is the command that reads the ledger.
func Ledger(app *App) Command {
	return Command{
		Name:    "ledger",
		Summary: "verify, print and reconcile the ledger of what was spent",
		Usage:   "verify DIR | dump [flags] DIR | reconcile DIR FILE...",
		Help: "verify reads every byte of the ledger in DIR, recomputes the balances and compares them with its checkpoints. Damage is reported with file and offset.\n" +
			"dump prints its records as JSON, one a line; --kind, --id and --after select records.\n" +
			"reconcile compares what each call was charged with other records of it: files of JSON lines with an id and nanos (billionths of a dollar), such as a client's log, the output of dump, or the rows of a sink.\n" +
			"Nothing is changed, and a gateway may be running. The exit code is 0 when there is no problem, otherwise 1.",
		Example: app.Name + " ledger verify /var/lib/asbru/asbru-ledger\n" + app.Name + " ledger dump --kind settle /var/lib/asbru/asbru-ledger\n" +
			app.Name + " ledger reconcile /var/lib/asbru/asbru-ledger client.jsonl sink.jsonl",
		Words: []string{"verify", "dump", "reconcile"},
		For:   map[string][]string{"kind": {"dump"}, "id": {"dump"}, "after": {"dump"}},
		New: func(fs *flag.FlagSet) Run {
			var d dump
			fs.StringVar(&d.kind, "kind", "", "dump only records of this `kind`: account, intent, progress, settle, release, charge, audit, admin, job")
			fs.StringVar(&d.id, "id", "", "dump only the records of the call with this `id`")
			fs.Uint64Var(&d.after, "after", 0, "dump only the records after this `seq`")
			return func(args []string, stdout, stderr io.Writer) int {
				if len(args) == 0 {
					return app.Wrong(stderr, "ledger", "needs verify, dump or reconcile")
				}
				t := teller{app, stdout, stderr}
				switch what, rest := args[0], args[1:]; {
				case what == "verify" && len(rest) == 1:
					return t.verify(rest[0])
				case what == "dump" && len(rest) == 1:
					if wrong := d.wrong(); wrong != "" {
						return app.Wrong(stderr, "ledger", wrong)
					}
					return t.dump(rest[0], d)
				case what == "reconcile" && len(rest) >= 1:
					return t.reconcile(rest[0], rest[1:])
				case what == "verify" || what == "dump":
					return app.Wrong(stderr, "ledger", what+" takes one directory")
				case what == "reconcile":
					return app.Wrong(stderr, "ledger", what+" takes a directory and files")
				default:
					return app.Wrong(stderr, "ledger", "there is no "+what+" of a ledger; there are verify, dump and reconcile")
				}
			}
		},
	}
}

// A teller executes one ledger command.
type teller struct {
	app         *App
	out, stderr io.Writer
}

// open opens the ledger in dir. Unlike a gateway it creates no directory.
func (t teller) open(dir string) (ledger.FS, error) {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no ledger in %s", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the ledger: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s is not a directory", dir)
	}
	return ledger.Disk(dir)
}

// fail reports an error and returns Problem.
func (t teller) fail(err error) int {
	fmt.Fprintf(t.stderr, "%s ledger: %v\n", t.app.Name, err)
	var bad *ledger.Corrupt
	if errors.As(err, &bad) {
		fmt.Fprintf(t.stderr, "  nothing was changed; restore the directory from a backup, or keep it and ask for help: what stands before the damage can still be read with dump\n")
	}
	return Problem
}

// none says that a directory holds no ledger: one that is empty by mistake must not pass for one where nothing was spent.
func (t teller) none(dir string) int { return t.fail(fmt.Errorf("there is no ledger in %s", dir)) }

func (t teller) verify(dir string) int {
	fs, err := t.open(dir)
	if err != nil {
		return t.fail(err)
	}
	x, err := govern.Examine(fs, nil)
	if err != nil {
		return t.fail(err)
	}
	if x.Segments == 0 {
		return t.none(dir)
	}
	p := t.app.paint(t.out)
	fmt.Fprintf(t.out, "%s: %s: %s in %s, positions %v to %v, %s\n", dir, p.good("ok"), count(x.Records, "record"), count(x.Segments, "segment"), x.First, x.End, span(x.Oldest, x.Newest))
	for k := ledger.Account; k <= ledger.Job; k++ {
		if n := x.Kinds[k]; n > 0 {
			fmt.Fprintf(t.out, "  %-9s %d\n", k, n)
		}
	}
	fmt.Fprintf(t.out, "spent %v; %s, %s\n", x.Spent, count(len(x.Accounts), "account"), underWay(x.Open))
	fmt.Fprintf(t.out, "synced up to %v; %s agree with the records\n", x.Marked, count(x.Agreed, "checkpoint"))
	if x.Torn > 0 {
		fmt.Fprintf(t.out, "%d bytes at the end were never synced: a gateway is writing them, or they are cut off when it is started again\n", x.Torn)
	}
	for _, n := range x.Notes {
		fmt.Fprintln(t.out, p.warn("note: "+n))
	}
	if x.Strays > 0 {
		return t.fail(fmt.Errorf("%s end a call that nobody has begun or that ended before; none was charged", count(int(x.Strays), "record")))
	}
	return OK
}

// underWay is what has not ended, in words.
func underWay(open []govern.OpenCall) string {
	jobs, held := 0, core.Money(0)
	for i := range open {
		if open[i].Job != "" {
			if jobs++; open[i].On > 0 { // else nobody pays for it
				held = held.Plus(open[i].Worst)
			}
		}
	}
	text := count(len(open)-jobs, "call") + " under way"
	if jobs == 1 {
		return fmt.Sprintf("%s, and 1 batch, which holds %v", text, held)
	}
	if jobs > 1 {
		return fmt.Sprintf("%s, and %d batches, which hold %v", text, jobs, held)
	}
	return text
}

// span returns the duration between two times in Unix nanoseconds.
func span(from, to int64) string {
	if from == 0 {
		return "no time"
	}
	return clock(from) + " to " + clock(to)
}

func clock(nanos int64) string { return time.Unix(0, nanos).UTC().Format(time.RFC3339) }

// A dump selects records.
type dump struct {
	kind, id string
	after    uint64
}

// wrong says why no record can match; empty: one could.
func (d *dump) wrong() string {
	if id, err := hex.DecodeString(d.id); err != nil || d.id != "" && len(id) != len(ledger.Record{}.ID) {
		return "--id " + d.id + " is no id: 32 hexadecimal digits, as X-Request-Id has them"
	}
	for k := ledger.Account; k <= ledger.Job; k++ {
		if d.kind == "" || d.kind == k.String() {
			return ""
		}
	}
	return "there is no kind " + d.kind + " of records"
}

func (d *dump) wants(r *ledger.Record) bool {
	return uint64(r.Seq) > d.after && (d.kind == "" || d.kind == r.Kind.String()) &&
		(d.id == "" || strings.EqualFold(d.id, hex.EncodeToString(r.ID[:])))
}

func (t teller) dump(dir string, d dump) int {
	fs, err := t.open(dir)
	if err != nil {
		return t.fail(err)
	}
	w := newLines(t.out)
	x, err := ledger.Verify(fs, func(r *ledger.Record) error {
		w.note(r)
		if !d.wants(r) {
			return nil
		}
		return w.record(r)
	})
	if e := w.flush(); err == nil {
		err = e
	}
	if err != nil {
		return t.fail(err)
	}
	if x.Segments == 0 {
		return t.none(dir)
	}
	return OK
}

// A charged is what a call cost according to one source.
type charged struct {
	cost    core.Money
	times   int
	partial bool // part of it was charged after a crash
}

func (t teller) reconcile(dir string, files []string) int {
	fs, err := t.open(dir)
	if err != nil {
		return t.fail(err)
	}
	own := map[string]charged{}
	x, err := govern.Examine(fs, func(r *ledger.Record) error {
		if r.Kind == ledger.Settle || r.Kind == ledger.Release || r.Kind == ledger.Charge {
			add(own, hex.EncodeToString(r.ID[:]), r.Amount, r.Flags&ledger.Partial != 0)
		}
		return nil
	})
	if err != nil {
		return t.fail(err)
	}
	if x.Segments == 0 {
		return t.none(dir)
	}
	fmt.Fprintf(t.out, "%s: %s settled, %d of them as partial, %d released, %v in all; %s\n",
		dir, count(int(x.Settles), "call"), x.Partial, x.Releases, x.Spent, underWay(x.Open))
	code := OK
	if x.Strays > 0 {
		code = t.fail(fmt.Errorf("%s end a call that nobody has begun or that ended before", count(int(x.Strays), "record")))
	}
	for _, file := range files {
		theirs, err := readCharges(file)
		if err != nil {
			return t.fail(err)
		}
		if t.compare(file, own, theirs) > 0 {
			code = Problem
		}
	}
	return code
}

func add(m map[string]charged, id string, cost core.Money, partial bool) {
	c := m[id]
	c.cost += cost
	c.times++
	c.partial = c.partial || partial
	m[id] = c
}
