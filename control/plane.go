package control

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"asbru/core"
	"asbru/core/config"
	"asbru/core/importer"
)

// A Version counts the configurations swapped in since the process
// started. The first is 1; 0 means none.
type Version uint64

// An Actor is the originator of a change.
type Actor struct {
	Kind string // file, signal, start, admin, store
	Name string // a path, a signal's name, a user; may be empty
}

// String returns "file /etc/asbru.yaml", or the kind alone.
func (a Actor) String() string {
	if a.Name == "" {
		return a.Kind
	}
	return a.Kind + " " + a.Name
}

// ErrRefused is the error of a change that was refused because of the problems
// returned with it. Nothing has changed.
var ErrRefused = errors.New("the configuration has problems")

// ErrNoFile is the error of a Reload without a configuration file.
var ErrNoFile = errors.New("there is no configuration file to read again")

// Options configure a Plane. Compile and Swap are required.
type Options struct {
	Path string // the configuration file; empty: none
	Env  config.Env

	// Compile turns a document into a Snapshot. It may return Warnings along with a
	// Snapshot. A Problem that is an Error, or a nil Snapshot, refuses
	// the document. It is called by one goroutine at a time.
	Compile func(doc *config.Document, version uint64) (*core.Snapshot, []config.Problem)

	// Kept returns what a store adds to a document. It is called before each Compile,
	// by one goroutine at a time, and must not take long. An error
	// refuses the document. nil: there is no store.
	Kept func(doc *config.Document) (*config.Kept, error)

	// Undo releases what the last Compile made, because it is not going to be served.
	// nil: nothing has to be released.
	Undo func(*core.Snapshot)

	// Swap publishes a Snapshot. It cannot fail. It is called right after the
	// Compile that made it, by the same goroutine.
	Swap func(*core.Snapshot)

	// Applied is called for each document swapped in, with the previous one, nil for the first, by the
	// goroutine that called Swap. Changes of a store are not included: their originator
	// reports them. It may be nil.
	Applied func(by Actor, version Version, before, after *config.Document)

	Log  *slog.Logger  // nil: slog.Default()
	Poll time.Duration // 0: PollEvery
}

// A Plane owns the document that is being served. All methods may be called
// concurrently, except Watch, which is called once.
type Plane struct {
	o      Options
	writer chan struct{} // holds one token, which is the right to make changes

	mu     sync.Mutex // guards status
	status Status

	seen watched // the file as last read; guarded by writer
	base based   // what the store's part was last added to; guarded by writer
}

// A based is a document without the store's part, and its source.
type based struct {
	doc      *config.Document
	from     source
	problems []config.Problem
}

// Status describes what is served, and what was refused since.
type Status struct {
	Version   Version
	At        time.Time        // when Version was swapped in
	By        Actor            // its originator
	Document  *config.Document // being served, including the store's part; read only
	Base      *config.Document // without the store's part; read only
	Warnings  []config.Problem // of Version
	FailedAt  time.Time        // when a later change was last refused; zero: none was
	FailedBy  Actor            // its originator
	LastError string           // why; empty: Version is the latest
	Problems  []config.Problem // those behind LastError; empty if the file could not be read
	Refused   uint64           // changes refused since the process started

	from source // the source of Base
}

// New makes a Plane that serves nothing yet. It starts no goroutine.
func New(o Options) *Plane {
	if o.Compile == nil || o.Swap == nil {
		panic("BUG: a Plane needs Compile and Swap")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Poll <= 0 {
		o.Poll = PollEvery
	}
	p := &Plane{o: o, writer: make(chan struct{}, 1)}
	p.writer <- struct{}{}
	return p
}

// Status returns what is served and what was refused.
func (p *Plane) Status() Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status
}

// Apply validates, compiles and swaps in a document, and returns its version.
// A valid document may come with Problems that are Warnings. If one is an Error
// the document is refused with ErrRefused, nothing has changed, and the version
// is the one still being served. ctx only bounds the wait for other changes. The
// Plane takes ownership of the document.
func (p *Plane) Apply(ctx context.Context, by Actor, doc *config.Document) (Version, []config.Problem, error) {
	if err := p.lock(ctx); err != nil {
		return p.Status().Version, nil, err
	}
	defer p.unlock()
	return p.apply(by, source{}, doc, doc.Validate(p.o.Env))
}

// Reload reads the configuration file again and applies it even if it has not
// changed, since what it refers to may have. by appears in Status and log.
func (p *Plane) Reload(ctx context.Context, by Actor) (Version, []config.Problem, error) {
	if p.o.Path == "" {
		return p.Status().Version, nil, ErrNoFile
	}
	if err := p.lock(ctx); err != nil {
		return p.Status().Version, nil, err
	}
	defer p.unlock()
	now, data, err := look(p.o.Path)
	if err != nil {
		return p.refuse(by, nil, err)
	}
	p.seen = now
	return p.read(by, data)
}

// read applies the text of the configuration file. The caller holds the writer's token.
func (p *Plane) read(by Actor, data []byte) (Version, []config.Problem, error) {
	doc, problems := importer.Decode(p.o.Path, data, p.o.Env)
	if doc == nil {
		return p.refuse(by, problems, nil)
	}
	return p.apply(by, source{p.o.Path, data}, doc, problems)
}

// Keep serves the document together with kept, which a store is about to commit; nil stands for the current
// result of Options.Kept. commit is called once nothing else can fail, and may be nil. If it fails, or
// a problem is an Error, nothing has changed.
func (p *Plane) Keep(ctx context.Context, by Actor, kept *config.Kept, commit func() error) (Version, []config.Problem, error) {
	if err := p.lock(ctx); err != nil {
		return p.Status().Version, nil, err
	}
	defer p.unlock()
	if p.base.doc == nil {
		return 0, nil, fmt.Errorf("cannot change the configuration of %s: nothing is served yet", by)
	}
	if kept == nil && p.o.Kept != nil {
		var err error
		if kept, err = p.o.Kept(p.base.doc); err != nil {
			return p.refuse(by, nil, err)
		}
	}
	return p.change(change{by, p.base, kept, commit})
}

// Where returns the position of a path of Status.Base in its file, as a Problem
// without a message; File is empty if it came from no file.
func (p *Plane) Where(path string) config.Problem {
	at := []config.Problem{{Path: path}}
	if from := p.Status().from; from.data != nil {
		importer.Locate(from.name, from.data, p.o.Env, at)
	}
	return at[0]
}

// log logs problems, at most maxLogged of them.
func (p *Plane) log(problems []config.Problem) {
	for i, x := range problems {
		if i == maxLogged {
			p.o.Log.Warn("more problems are not logged", "count", len(problems)-i)
			return
		}
		level := slog.LevelError
		if x.Severity == config.Warning {
			level = slog.LevelWarn
		}
		p.o.Log.Log(context.Background(), level, "configuration problem", "problem", x.String())
	}
}

// lock acquires the writer's token.
func (p *Plane) lock(ctx context.Context) error {
	select {
	case <-p.writer:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("cannot change the configuration: another change is being made: %w", ctx.Err())
	}
}

func (p *Plane) unlock() { p.writer <- struct{}{} }
