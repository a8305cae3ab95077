package cache

import (
	"crypto/sha256"
	"strings"

	"asbru/cache/canon"
	"asbru/core"
)

// A Scope says whose answers are shared.
type Scope uint8

const (
	ByKey      Scope = iota // each virtual key has its own
	ByTeam                  // the keys of a team share; a key without a team has its own
	ByCustomer              // the keys of a customer share; a key without a customer has its own
	ByNobody                // all callers share
)

// The fields of a key besides the conversation.
const (
	tagOwner = canon.First + iota
	tagLabel
	tagTarget
	tagName
	tagBeta
	tagQuery
	tagPolicy
)

// owner returns whose answers x may be given and contributes: the kind of owner, and its name.
func (s Scope) owner(k *core.VirtualKey) (kind, name string) {
	switch {
	case s == ByNobody:
		return "all", ""
	case k == nil:
		return "key", ""
	case s == ByTeam && k.Team != "":
		return "team", k.Team
	case s == ByCustomer && k.Customer != "":
		return "customer", k.Customer
	}
	return "key", k.Name
}

// A Why says why the cache does not apply to an exchange.
type Why uint8

const (
	Cached     Why = iota // it applies
	NotAsked              // answers to this operation are not cached
	Unreadable            // the body cannot be parsed
	Stateful              // it continues from state held by the provider
	RunsTools             // the provider itself runs tools, such as a search, whose results change
	TooLong               // it has more turns than are cached
	OwnHeaders            // the client has unknown header fields sent to the provider
	NumWhys
)

// String returns the label of w in metrics; empty for Cached.
func (w Why) String() string {
	return [...]string{"", "operation", "unreadable", "stateful", "provider_tools", "history", "own_headers"}[w]
}

// head is a core.Head with what the key needs in addition.
type head interface {
	core.Head
	Any(prefix string) bool
	Next(name string, from int) (value []byte, next int)
}

// A request is what the form of a question is made from. It aliases the buffers of its exchange.
type request struct {
	key        *core.VirtualKey
	route      *core.Route
	from       *core.Dialect
	op         core.Op
	name, body []byte
	head       core.Head // nil: nothing in it matters
}

func requestOf(x *core.Exchange) request {
	return request{x.Key, x.Route, x.From, x.Op, x.Name, x.Body, x.Head}
}

// form writes the form of a request, of which its key is the digest, into w: who asks whom for what.
func (o *Options) form(r *request, a *ask, w *wording) Why {
	if why := w.parse(r); why != Cached {
		return why
	}
	if why := o.trim(&w.chat); why != Cached {
		return why
	}
	if why := o.frame(r, a, w); why != Cached {
		return why
	}
	w.form.Chat(&w.chat)
	return Cached
}

// frame writes the part of the form outside the conversation: who asks whom.
func (o *Options) frame(q *request, a *ask, room *wording) Why {
	w := &room.form
	w.Reset()
	kind, name := o.Scope.owner(q.key)
	w.Word(tagOwner, kind)
	w.Word(tagOwner, name)
	w.Field(tagLabel, a.label)
	r := q.route
	o.Share.targets(w, q.name, r.Targets[:min(max(r.Plan.Balanced, 1), len(r.Targets))])
	return ahead(q.head, a, w)
}

// Key returns the key of x: the digest of its form. why says why there is none.
func (c *Cache) Key(x *core.Exchange) (key [32]byte, why Why) {
	var a ask
	if a.read(x.Head) != nil {
		return key, Unreadable
	}
	w := c.takeWording()
	defer c.giveWording(w)
	r := requestOf(x)
	if why = c.o.form(&r, &a, w); why == Cached {
		key = sha256.Sum256(w.form.Bytes())
	}
	return key, why
}

// parse parses the conversation of r into w, which must be empty.
func (w *wording) parse(r *request) Why {
	if r.from == nil || r.route == nil || len(r.route.Targets) == 0 || r.op >= core.NumOps || r.from.Chats[r.op] == nil {
		return NotAsked
	}
	c := &w.chat
	c.From, c.Op = r.from, r.op
	if r.from.Chats[r.op].ParseRequest(c, r.body) != nil {
		return Unreadable
	}
	if !canon.Whole(c) {
		return Stateful
	}
	for i := range c.Tools {
		if c.Tools[i].Type != nil {
			return RunsTools
		}
	}
	return Cached
}

// ahead adds the header fields that can change the answer.
func ahead(h core.Head, a *ask, w *canon.Writer) Why {
	if h == nil {
		return Cached
	}
	if own, ok := h.(head); ok && a.ours && own.Any("x-bf-eh-") {
		return OwnHeaders
	}
	for _, name := range [...]string{"anthropic-beta", "openai-beta"} {
		lines(h, w, tagBeta, name)
	}
	for _, name := range [...]string{"x-bf-compat", "x-bf-passthrough-extra-params"} { // they change what is sent to a target
		if !a.ours {
			break
		}
		lines(h, w, tagPolicy, name)
	}
	if q := h.Query(); !idle(q) {
		w.Field(tagQuery, q)
	}
	return Cached
}

// lines adds every line of a header field: some SDKs send one for each value.
func lines(h core.Head, w *canon.Writer, t canon.Tag, name string) {
	own, ok := h.(head)
	if !ok {
		if v, ok := h.Field(name); ok {
			w.Word(t, name)
			w.Field(t, v)
		}
		return
	}
	for v, next := own.Next(name, 0); next > 0; v, next = own.Next(name, next) {
		w.Word(t, name)
		w.Field(t, v)
	}
}

// idle reports whether a query selects at most how an answer is delivered. One SDK always sends beta=true.
func idle(query []byte) bool {
	return len(query) == 0 || string(query) == "alt=sse" || string(query) == "beta=true"
}

// ownerName returns the operators' name of an owner: "key:ci-bot".
func ownerName(kind, name string) string { return strings.TrimSuffix(kind+":"+name, ":") }
