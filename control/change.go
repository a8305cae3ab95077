package control

import (
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"asbru/core"
	"asbru/core/config"
	"asbru/core/importer"
)

// A source is the text that a document was decoded from; empty if there is none.
type source struct {
	name string
	data []byte
}

// apply serves a document together with the store's part. The caller holds the writer's token.
func (p *Plane) apply(by Actor, from source, doc *config.Document, problems []config.Problem) (Version, []config.Problem, error) {
	if config.Failed(problems) {
		return p.refuse(by, problems, nil)
	}
	var kept *config.Kept
	if p.o.Kept != nil {
		var err error
		if kept, err = p.o.Kept(doc); err != nil {
			return p.refuse(by, nil, err)
		}
	}
	return p.change(change{by: by, base: based{doc, from, problems}, kept: kept})
}

// A change is a configuration that is about to be served.
type change struct {
	by     Actor
	base   based
	kept   *config.Kept
	commit func() error // nil: nothing has to be committed
}

// change is the only place that swaps. The caller holds the writer's token.
func (p *Plane) change(c change) (Version, []config.Problem, error) {
	doc, problems := c.base.doc, c.base.problems
	if c.kept != nil {
		doc = doc.With(c.kept)
		problems = config.Join(slices.Clone(problems), p.placed(c, doc.Validate(p.o.Env)))
		if config.Failed(problems) {
			return p.refuseChange(c, problems, nil)
		}
	}
	next := p.Status().Version + 1
	snap, more, err := p.compile(doc, next)
	if err != nil {
		return p.refuseChange(c, nil, err)
	}
	problems = config.Join(slices.Clone(problems), p.placed(c, more))
	if snap == nil || config.Failed(more) {
		return p.refuseChange(c, problems, nil)
	}
	if c.commit != nil {
		if err := c.commit(); err != nil {
			p.undo(snap)
			return p.refuseChange(c, nil, err)
		}
	}
	p.o.Swap(snap)
	p.base = c.base

	before := p.Status().Document
	p.mu.Lock()
	p.status = Status{Version: next, At: time.Now(), By: c.by, Document: doc, Base: c.base.doc, Warnings: problems, Refused: p.status.Refused, from: c.base.from}
	p.mu.Unlock()
	p.o.Log.Info("configuration applied", "version", uint64(next), "by", c.by.String(),
		"providers", len(doc.Providers), "models", len(doc.Models), "virtual_keys", len(doc.VirtualKeys))
	p.log(problems)
	if p.o.Applied != nil && c.commit == nil {
		p.o.Applied(c.by, next, before, doc)
	}
	return next, problems, nil
}

// undo releases what the last Compile made. Where it changed things that outlive a
// Snapshot, such as the caps of accounts, compiling the current document changes them back.
func (p *Plane) undo(snap *core.Snapshot) {
	if p.o.Undo != nil {
		p.o.Undo(snap)
	}
	s := p.Status()
	if back, _, _ := p.compile(s.Document, s.Version); back != nil {
		p.o.Swap(back)
	}
}

// placed fills in the positions of a change's problems: in the file, or in the store.
func (p *Plane) placed(c change, problems []config.Problem) []config.Problem {
	if from := c.base.from; from.data != nil {
		importer.Locate(from.name, from.data, p.o.Env, problems)
	}
	c.kept.Place(c.base.doc, problems)
	return problems
}

// compile calls Compile and recovers a panic: a bug triggered by an odd document must not
// end what is being served.
func (p *Plane) compile(doc *config.Document, next Version) (snap *core.Snapshot, problems []config.Problem, err error) {
	defer func() {
		if r := recover(); r != nil {
			p.o.Log.Error("bug in compiling a configuration", "panic", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("cannot compile the configuration: %v; this is a bug", r)
		}
	}()
	snap, problems = p.o.Compile(doc, uint64(next))
	return snap, problems, nil
}

// refuse records why nothing has changed. cause is nil if the problems say why.
func (p *Plane) refuse(by Actor, problems []config.Problem, cause error) (Version, []config.Problem, error) {
	err := cause
	if err == nil {
		err = fmt.Errorf("cannot apply the configuration of %s: %w (%d)", by, ErrRefused, len(problems))
	}
	p.mu.Lock()
	serving := p.status.Version
	p.status.FailedAt, p.status.FailedBy = time.Now(), by
	p.status.LastError, p.status.Problems = err.Error(), problems
	p.status.Refused++
	p.mu.Unlock()
	p.o.Log.Error("configuration refused", "by", by.String(), "serving", uint64(serving), "error", err)
	p.log(problems)
	return serving, problems, err
}

// refuseChange is refuse, except that a trial change is reported only to its originator: what is
// stored is still valid.
func (p *Plane) refuseChange(c change, problems []config.Problem, cause error) (Version, []config.Problem, error) {
	if c.commit == nil {
		return p.refuse(c.by, problems, cause)
	}
	if cause == nil {
		cause = fmt.Errorf("cannot apply the change of %s: %w (%d)", c.by, ErrRefused, len(problems))
	}
	return p.Status().Version, problems, cause
}
