package cache

import (
	"crypto/sha256"
	"fmt"
	"time"

	"asbru/cache/entry"
	"asbru/cache/exact"
	"asbru/cache/remote"
	"asbru/cache/remote/memory"
	"asbru/cache/remote/pgvector"
	"asbru/cache/remote/qdrant"
	"asbru/cache/remote/redis"
	"asbru/cache/remote/weaviate"
	"asbru/cache/vector"
	"asbru/core"
	"asbru/core/scan"
)

// reach makes the Finder for an encoder and store of others, if they are configured.
func (c *Cache) reach(embed remote.Embed) error {
	o := c.o.Far
	if !o.On() {
		return nil
	}
	store, err := openStore(o.Place)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	if c.far, err = remote.New(o, store, embed, c.log); err != nil {
		store.Close()
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	return nil
}

func openStore(p vector.Place) (vector.Store, error) {
	switch p.Kind {
	case "memory":
		return memory.Open(), nil
	case "qdrant":
		return qdrant.Open(p)
	case "weaviate":
		return weaviate.Open(p)
	case "redis":
		return redis.Open(p)
	case "pgvector":
		return pgvector.Open(p)
	}
	return nil, fmt.Errorf("no store is called %q", p.Kind)
}

// abandon undoes New before the worker has started.
func (c *Cache) abandon() {
	c.mem.Close()
	if c.near != nil {
		c.near.Close()
	}
}

// leaveOthers closes the Finder.
func (c *Cache) leaveOthers() {
	if c.far == nil {
		return
	}
	if err := c.far.Close(); err != nil {
		c.log.Warn("the store of questions was not closed", "error", err)
	}
}

// consult searches the outside store for a question that means the same before x goes upstream. Followers
// wait with x as they do once it is upstream. If the caller declared the answer wrong, what is found is
// removed.
func (v *visit) consult(x *core.Exchange) core.Verdict {
	far := v.c.far
	if far == nil || v.ask.direct || v.doubt != nil || len(v.text) == 0 {
		return core.Continue
	}
	q := remote.Question{Space: v.space, Text: string(v.text), Cosine: v.ask.threshold}
	if v.asking = far.Ask(&q, x.Waker().Wake); v.asking == nil {
		return core.Continue
	}
	v.askUntil = core.Clock() + int64(far.Wait()) + int64(farGrace)
	x.Until = v.askUntil
	return core.Wait
}

// consulted continues once the search has ended or timed out.
func (v *visit) consulted(x *core.Exchange) core.Verdict {
	found, done := v.asking.Done()
	if !done {
		if core.Clock() < v.askUntil {
			x.Until = v.askUntil
			return core.Wait
		}
		found = v.asking.GiveUp()
	}
	v.asking = nil
	if found == nil {
		return core.Continue
	}
	k := v.adopt(x, found)
	if k == nil {
		v.c.n.disowned.Add(1)
		return core.Continue
	}
	if v.ask.wrong { // this is what the caller was given and declared wrong
		v.c.takeOut(&found.Key)
		v.c.disown(&found.Key)
		v.c.believe(v.c.trusts.Load().in(owner{v.kind, v.owner}), false)
		return core.Continue
	}
	if v.c.trusts.Load().check.Share > 0 {
		if t := v.c.trusts.Load().in(owner{v.kind, v.owner}); t.fallen.Load() {
			v.c.n.doubted.Add(1)
			v.c.n.missed.Add(^uint64(0))
			if v.role == leading && v.f.doubt == nil {
				v.f.doubt = &doubt{t, k}
			}
			return core.Continue
		}
	}
	v.likeKey = found.Key
	v.match = Match{Similarity: float64(found.Similarity), Threshold: float64(found.Threshold), Guard: found.Guard}
	x.Guard = core.GuardOf(found.Guard)
	if !v.answer(x, k, byLikeness) {
		return core.Continue
	}
	v.c.n.far.Add(1)
	v.c.n.missed.Add(^uint64(0))
	if v.role == leading {
		v.settle(k)
	}
	v.follows(x, nil, k, byLikeness)
	return core.Answer
}

// settle gives k to the followers of v's errand.
func (v *visit) settle(k *kept) {
	c, f := v.c, v.f
	v.lead.Store(nil)
	v.role, v.f = alone, nil
	c.forget(f)
	f.mu.Lock()
	f.kept, f.read = k, true
	f.wakeLocked()
	f.mu.Unlock()
	f.land(c)
}

// unask gives up a search that nobody waits for any more.
func (v *visit) unask() {
	if v.asking != nil {
		v.asking.GiveUp()
		v.asking = nil
	}
}

// adopt turns a search result into an answer in memory. It returns nil unless the answer is valid
// for x: stored under the very key that the found question has when x's caller asks it, with x's
// owner and space, and not too old.
func (v *visit) adopt(x *core.Exchange, found *remote.Found) *kept {
	c, now := v.c, wall()
	if !v.asksFor(x, found.Text, &found.Key) {
		return nil
	}
	if i, age := c.mem.Get(&found.Key, now); i != nil && age != exact.Due {
		if v.good(i.Value, now) {
			return i.Value
		}
		return nil
	}
	k := &kept{data: []byte(found.Answer)}
	if len(k.data) == 0 || entry.ReadNote(k.data, &k.Note) != nil || k.Text != found.Text || !v.good(k, now) {
		return nil
	}
	i := &exact.Item[*kept]{Key: found.Key, Value: k, Cost: int64(len(k.data)) + noteBytes(&k.Note), Fresh: k.Fresh, Until: k.Until}
	if c.mem.Put(i, now) {
		c.makeFindable(i)
	}
	return k
}

// good reports whether an answer belongs to x's owner and may still be given.
func (v *visit) good(k *kept, now int64) bool {
	return k.Owner == ownerName(v.kind, v.owner) && k.Space == v.space && now < k.Fresh &&
		(v.ask.ttl == 0 || now-k.Born < int64(v.ask.ttl))
}

// asksFor reports whether x, with text as its last turn, would be the question stored
// under key.
func (v *visit) asksFor(x *core.Exchange, text string, key *[32]byte) bool {
	c := v.c
	w := c.takeWording()
	defer c.giveWording(w)
	r := requestOf(x)
	if w.parse(&r) != Cached || c.o.trim(&w.chat) != Cached || len(w.chat.Turns) == 0 {
		return false
	}
	last := &w.chat.Turns[len(w.chat.Turns)-1]
	if last.To != last.From+1 {
		return false
	}
	w.chat.Parts[last.From].Text = scan.AppendEscaped(nil, []byte(text))
	a := v.ask
	a.label = v.label
	if c.o.frame(&r, &a, w) != Cached {
		return false
	}
	w.form.Chat(&w.chat)
	return sha256.Sum256(w.form.Bytes()) == *key
}

// offer writes an answer to the outside store.
func (c *Cache) offer(i *exact.Item[*kept]) {
	n := &i.Value.Note
	if c.far == nil || n.Text == "" {
		return
	}
	r := &vector.Row{Key: i.Key, Space: n.Space, Text: n.Text, Until: time.Unix(0, i.Until), ID: n.ID, Owner: n.Owner,
		Label: n.Label, Asked: n.Asked, Answered: n.Model, Born: time.Unix(0, n.Born)}
	if !c.farIsHere() {
		r.Answer = string(i.Value.data)
	}
	c.far.Add(r)
}

// farIsHere reports whether the store is in this process: then it holds no answers of its own.
func (c *Cache) farIsHere() bool { return c.o.Far.Place.Kind == "memory" }

// outlived is called when memory has evicted an answer.
func (c *Cache) outlived(key *[32]byte) {
	if c.far != nil && c.farIsHere() {
		c.far.Forget(key)
	}
}

// disown removes an answer that was declared wrong from the outside store.
func (c *Cache) disown(key *[32]byte) {
	if c.far != nil {
		c.far.Forget(key)
	}
}

// clearOthers is Clear for the outside store.
func (c *Cache) clearOthers(f *core.Forget) error {
	if c.far == nil || c.farIsHere() && c.far.Counts().Dims == 0 {
		return nil // the store holds nothing yet
	}
	v := vector.Filter{Owner: f.Owner, Label: f.Label, Model: f.Model}
	if f.ID != "" {
		id, ok := vector.ID(f.ID)
		if !ok {
			return nil // no answer has it
		}
		v.ID = &id
	}
	if f.Before != 0 {
		v.Before = time.Unix(0, f.Before)
	}
	if err := c.far.Remove(&v); err != nil {
		return fmt.Errorf("cannot clear the store of questions: %w", err)
	}
	return nil
}
