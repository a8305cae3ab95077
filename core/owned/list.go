package owned

import (
	"bytes"
	"time"

	"asbru/core"
)

// A Question is the gateway's own request to a provider for a page of a list.
type Question struct {
	Provider string
	Path     string      // as the client sent it
	Query    string      // raw, without credentials
	Fields   [][2]string // those header fields of the client that the provider's format defines: name and value
}

// Sent is a provider's answer.
type Sent struct {
	Status int
	Type   string // content type
	Body   []byte
}

// Ask sends q. It calls told once, from any goroutine, with the answer or an error. told may keep Body.
type Ask func(q Question, told func(Sent, error))

// secrets are the parameters of a query that hold credentials for the gateway, which no provider gets.
var secrets = [...]string{"key", "api_key", "access_token"}

// list requests the first page of the list.
func (v *visit) list(x *core.Exchange) {
	l := &listing{v: v, a: v.wait, began: time.Now()}
	line := x.Head.(core.Line)
	l.q = Question{Provider: v.from[0], Path: string(line.Path()), Query: string(x.Head.Query())}
	for _, name := range append([]string{"openai-beta"}, x.From.Forward...) {
		if value, ok := x.Head.Field(name); ok {
			l.q.Fields = append(l.q.Fields, [2]string{name, string(value)})
		}
	}
	var ok bool
	if l.query, ok = parseParams(l.q.Query); !ok {
		l.fail(&core.Fault{Code: core.Invalid, Message: "the query cannot be read", Hint: "percent-encode it"})
		return
	}
	for _, name := range secrets {
		l.query.del(name)
	}
	if v.g.o.Unrecorded == Shown {
		l.any = true
		l.ask()
		return
	}
	v.g.o.Book.Any(l.q.Provider, v.act.Kind, v.g.shares(v.who), func(is bool, err error) {
		if l.any = is; err != nil {
			l.lost(err)
			return
		}
		l.ask()
	})
}

// shares returns whose things who may use, in the form that Objects.Any takes.
func (g *Steward) shares(who core.Maker) core.Maker {
	if g.o.Share != ByTeam {
		who.Team = ""
	}
	if g.o.Share != ByCustomer {
		who.Customer = ""
	}
	return who
}

// A listing is a list being fetched. One goroutine at a time uses it.
type listing struct {
	v     *visit
	a     *answer
	q     Question
	query params
	began time.Time
	pages int
	any   bool // the caller may have things in the list
}

func (l *listing) ask() {
	l.pages++
	l.q.Query = l.query.String()
	l.v.g.o.Ask(l.q, func(s Sent, err error) {
		if err != nil {
			l.fail(&core.Fault{Code: core.UpstreamFailed, Message: "the list cannot be asked for", Hint: "try again", Cause: err})
			return
		}
		l.came(s)
	})
}

// came handles a page.
func (l *listing) came(s Sent) {
	if s.Status/100 != 2 {
		l.answer(s)
		return
	}
	p, ok := ReadPage(l.v.act, s.Body, l.query.get)
	if !ok {
		l.fail(&core.Fault{Code: core.UpstreamFailed, Message: "the provider's list cannot be read, and so not be told apart by whose its entries are", Hint: "ask for one by its id"})
		return
	}
	refs := make([]core.ObjectRef, 0, len(p.Items))
	for i := range p.Items {
		if id := p.Items[i].ID; id != "" {
			refs = append(refs, core.ObjectRef{Provider: l.q.Provider, Kind: l.v.act.Kind, ID: id})
		}
	}
	if len(refs) == 0 {
		l.sort(&p, s, nil)
		return
	}
	l.v.g.o.Book.Find(refs, func(found []core.Object, err error) {
		if err != nil {
			l.lost(err)
			return
		}
		l.sort(&p, s, found)
	})
}

// sort answers with the caller's own items of a page. If it has none there, it requests the next page.
func (l *listing) sort(p *Page, s Sent, found []core.Object) {
	by := make(map[string]*core.Object, len(found))
	for i := range found {
		by[found[i].ID] = &found[i]
	}
	keep := make([]bool, len(p.Items))
	left := 0
	var beside []core.Object
	for i := range p.Items {
		it := &p.Items[i]
		o := by[it.ID]
		if keep[i] = o != nil && l.v.g.mine(&o.Maker, &l.v.who) || o == nil && l.v.g.o.Unrecorded == Shown; !keep[i] {
			continue
		}
		if left++; o != nil {
			beside = append(beside, l.v.objects(it.Beside, o.Maker, l.q.Provider)...)
		}
	}
	if !l.any {
		p.End()
	}
	if left == 0 && p.Next != nil {
		if l.pages == MaxPages || time.Since(l.began) > maxListing {
			l.fail(&core.Fault{Code: core.Overloaded, Message: "the first pages of the list hold nothing of this key's", Hint: "ask for larger pages, or for one by its id"})
			return
		}
		for i := 0; i < len(p.Next); i += 2 {
			l.query.set(p.Next[i], p.Next[i+1])
		}
		l.ask()
		return
	}
	if left < len(p.Items) || !p.Plain() { // else the caller gets the provider's bytes unchanged
		s.Body = p.Append(make([]byte, 0, len(s.Body)), keep)
	}
	if len(beside) == 0 {
		l.answer(s)
		return
	}
	l.v.g.o.Book.Keep(nil, beside, func(error) { l.answer(s) })
}

func (l *listing) answer(s Sent) {
	if s.Type == "" || bytes.ContainsAny([]byte(s.Type), "\r\n") {
		s.Type = "application/json"
	}
	l.a.reply = &core.Reply{Status: s.Status, Type: s.Type, Body: s.Body}
	l.a.tell()
}

func (l *listing) fail(f *core.Fault) {
	l.a.fault = f
	l.a.tell()
}

func (l *listing) lost(err error) {
	l.a.err = err
	l.a.tell()
}
