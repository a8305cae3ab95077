package owned

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"asbru/core"
)

// Options configure a Steward. The zero value shares nothing.
type Options struct {
	Book core.Objects
	Ask  Ask // fetches pages of lists; nil: lists are refused

	Share      Share
	Unrecorded Unrecorded
}

// Share says which other keys may use what a key made.
type Share uint8

const (
	ByKey      Share = iota // none
	ByTeam                  // the keys of its team
	ByCustomer              // the keys of its customer
)

// Unrecorded says who may use things that are not recorded, because they were made before recording began
// or not through the gateway.
type Unrecorded uint8

const (
	Hidden Unrecorded = iota // nobody
	ByID                     // callers that know the id
	Shown                    // all callers
)

// A Steward keeps callers to their own things. It is immutable, and its stages may be used for any number of
// exchanges at once.
type Steward struct{ o Options }

// New makes the Steward of o.
func New(o Options) *Steward { return &Steward{o} }

// mine reports whether k may use things of h.
func (g *Steward) mine(h *core.Maker, k *core.Maker) bool {
	return h.Key == k.Key || g.o.Share == ByTeam && k.Team != "" && h.Team == k.Team || g.o.Share == ByCustomer && k.Customer != "" && h.Customer == k.Customer
}

// makerOf returns the caller of x. All callers without a key are one Maker, which has no name.
func makerOf(x *core.Exchange) core.Maker {
	if x.Key == x.Snap.Anonymous {
		return core.Maker{}
	}
	return core.Maker{Key: x.Key.Name, Team: x.Key.Team, Customer: x.Key.Customer}
}

// A visit is the state of one exchange that concerns things. Its lane owns it; for wait see answer.
type visit struct {
	g    *Steward
	act  Act
	who  core.Maker
	from []string // the providers to which the request may go
	refs []Ref    // the first is the thing that the path names, when act is Use or Remove

	wait  *answer
	asked atomic.Bool // the request goes to the provider
	kept  bool        // its results are recorded in the book, or being recorded
	owner *core.Maker // of the thing that the path names; nil: not known
	model string
	seen  []byte // the reply so far, up to maxReply
}

// An answer is the result of another goroutine's work for a visit. That goroutine does not use it after done is set.
type answer struct {
	done  atomic.Bool
	found []core.Object
	err   error
	reply *core.Reply // of a list
	fault *core.Fault
	waker core.Waker
}

func (a *answer) tell() {
	a.done.Store(true)
	a.waker.Wake()
}

// Look returns the stage that judges what a relayed request is about, and answers lists.
func (g *Steward) Look() core.Stage {
	return func(x *core.Exchange) core.Verdict {
		v, _ := x.Watch.(*visit)
		if v == nil {
			if v = g.visit(x); v == nil {
				return core.Continue
			}
			x.Watch = v
		}
		return v.look(x)
	}
}

// Named returns the stage that refuses conversations which name things of other callers. They may name
// unrecorded things: models that run code make files and containers without a request for them.
func (g *Steward) Named() core.Stage {
	return func(x *core.Exchange) core.Verdict {
		if !x.Peek.Refers {
			return core.Continue
		}
		return g.named(x)
	}
}

// named is Named for a body that may name something. Until it has judged, x has no other Watcher.
func (g *Steward) named(x *core.Exchange) core.Verdict {
	v, _ := x.Watch.(*visit)
	if v == nil {
		refs, ok := AppendRefs(nil, x.Body)
		switch {
		case len(refs) == 0:
			return core.Continue
		case !ok:
			return (&visit{}).refuse(x, &core.Fault{Code: core.Invalid, Message: fmt.Sprintf("the request names more than %d files and the like", MaxRefs)})
		}
		v = &visit{g: g, who: makerOf(x), refs: refs}
		v.at(x.Route)
		x.Watch = v
	}
	return v.look(x)
}

// visit returns a new visit for x; nil: there is nothing to judge.
func (g *Steward) visit(x *core.Exchange) *visit {
	line, ok := x.Head.(core.Line)
	if !ok {
		return &visit{g: g, act: Act{Verb: Shut}} // without its request line it is not let through
	}
	v := &visit{g: g, act: ReadAct(string(line.Method()), x.Path), who: makerOf(x), model: string(x.Peek.Model)}
	if v.act.Verb == Use || v.act.Verb == Remove {
		v.refs = append(v.refs, Ref{Kind: v.act.Kind, ID: v.act.ID})
	}
	body := bytes.TrimLeft(x.Body, " \t\r\n")
	object := len(body) > 0 && (body[0] == '{' || body[0] == '[')
	if v.act.Verb == Free && (!object || x.Peek.Plain) {
		return nil
	}
	if object {
		if v.refs, ok = AppendRefs(v.refs, x.Body); !ok {
			v.act.Verb = Shut
		}
	}
	if v.act.Verb == Free && len(v.refs) == 0 {
		return nil
	}
	v.at(x.Route)
	return v
}

// at adds the providers that r leads to.
func (v *visit) at(r *core.Route) {
	for _, t := range r.Targets {
		if !slices.Contains(v.from, t.Provider) {
			v.from = append(v.from, t.Provider)
		}
	}
}

// look continues Look.
func (v *visit) look(x *core.Exchange) core.Verdict {
	switch {
	case v.act.Verb == Shut && v.g.o.Unrecorded != Shown:
		return v.refuse(x, notThere("", "", x.Path))
	case v.act.Verb == List && v.g.o.Ask == nil:
		return v.refuse(x, &core.Fault{Code: core.NotFound, Message: "this gateway cannot list what lies at a provider"})
	case v.wait == nil:
		v.wait = &answer{waker: x.Waker()}
		if v.act.Verb == List {
			v.list(x)
		} else {
			v.find()
		}
	}
	a := v.wait
	if !a.done.Load() {
		return core.Wait
	}
	switch {
	case a.fault != nil:
		return v.refuse(x, a.fault)
	case a.err != nil:
		return v.refuse(x, &core.Fault{Code: core.Overloaded, Message: "it is not known at the moment who made what at the provider", Hint: "try again", Cause: a.err})
	case a.reply != nil:
		x.Watch, x.Reply = nil, *a.reply
		return core.Answer
	}
	if f := v.judge(a.found); f != nil {
		return v.refuse(x, f)
	}
	v.wait = nil
	if v.act.Verb == Free {
		x.Watch = nil
		return core.Continue
	}
	v.asked.Store(true)
	return core.Continue
}

func (v *visit) refuse(x *core.Exchange, f *core.Fault) core.Verdict {
	x.Watch, x.Fault = nil, f
	return core.Refuse
}

// find looks up all things that the request names.
func (v *visit) find() {
	a := v.wait
	v.g.o.Book.Find(v.names(v.refs), func(found []core.Object, err error) {
		a.found, a.err = found, err
		a.tell()
	})
}

// names returns refs for all providers to which the request may go.
func (v *visit) names(refs []Ref) []core.ObjectRef {
	var names []core.ObjectRef
	for _, r := range refs {
		for _, p := range v.from {
			names = append(names, core.ObjectRef{Provider: p, Kind: r.Kind, ID: r.ID})
		}
	}
	return names
}

// judge returns why the request may not use one of the things it names; nil: it may use all of them. A thing
// of another caller, at any of the providers, is treated as missing.
func (v *visit) judge(found []core.Object) *core.Fault {
	by := make(map[Ref]*core.Maker, len(found))
	for i := range found {
		r, h := Ref{Kind: found[i].Kind, ID: found[i].ID}, &found[i].Maker
		if was, ok := by[r]; !ok || v.g.mine(was, &v.who) {
			by[r] = h
		}
	}
	named := v.act.Verb == Use || v.act.Verb == Remove
	for i, r := range v.refs {
		h, recorded := by[Ref{Kind: r.Kind, ID: r.ID}]
		switch {
		case recorded && v.g.mine(h, &v.who):
			if named && i == 0 {
				v.owner = h
			}
		case recorded, v.act.Verb != Free && v.g.o.Unrecorded == Hidden:
			return notThere(r.Kind, r.ID, nil)
		}
	}
	return nil
}

// notThere is the fault for a thing that does not exist and for one of another caller: they must not differ.
func notThere(kind, id string, path []byte) *core.Fault {
	if id == "" {
		return &core.Fault{Code: core.NotFound, Message: fmt.Sprintf("there is nothing at %q for this key", path[:min(len(path), 80)])}
	}
	return &core.Fault{Code: core.NotFound, Message: fmt.Sprintf("there is no %s %q", strings.ReplaceAll(one(kind), "-", " "), id[:min(len(id), 80)])}
}

// one returns the singular of a kind.
func one(kind string) string {
	switch {
	case strings.HasSuffix(kind, "ches"):
		return kind[:len(kind)-2]
	case strings.HasSuffix(kind, "ies"):
		return kind[:len(kind)-3] + "y"
	}
	return strings.TrimSuffix(kind, "s")
}
