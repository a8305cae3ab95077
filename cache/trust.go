package cache

import (
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"asbru/cache/agree"
	"asbru/cache/entry"
)

// A Check says how the semantic tier is watched: of some of its hits the question is asked
// upstream too, behind the answer, and the two answers are compared. The zero Check is that
// none are.
type Check struct {
	Share     float64 // of the hits; 0: none
	Precision float64 // the least lower bound of the share that is right; 0: DefaultPrecision
	Samples   int     // comparisons before there is a judgement; 0: DefaultSamples
}

// A trust is how far the semantic tier can be trusted with the questions of one owner. It is
// judged by the last comparisons; when it falls they are forgotten. While it is fallen the
// tier serves nothing: what it would have served is compared with what the provider says to
// the same question, which costs nothing then, until the new comparisons are good enough.
type trust struct {
	name   string
	check  Check
	stands bool // it is counted and never falls
	fallen atomic.Bool

	agreed, differed, unjudged, falls atomic.Uint64

	mu    sync.Mutex
	last  []bool // a ring
	at, n int
	right int // of last
}

// tell counts a comparison and reports whether the verdict on the tier has changed by it.
func (t *trust) tell(same bool) (changed bool) {
	if same {
		t.agreed.Add(1)
	} else {
		t.differed.Add(1)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last == nil {
		t.last = make([]bool, t.check.Samples*CheckWindow)
	}
	if t.n == len(t.last) {
		if t.last[t.at] {
			t.right--
		}
	} else {
		t.n++
	}
	if t.last[t.at] = same; same {
		t.right++
	}
	t.at = (t.at + 1) % len(t.last)
	good := lowerBound(t.right, t.n) >= t.check.Precision
	if t.stands || t.n < t.check.Samples || good != t.fallen.Load() {
		return false
	}
	if !good {
		t.at, t.n, t.right = 0, 0, 0
		t.falls.Add(1)
	}
	t.fallen.Store(!good)
	return true
}

// bound is the lower bound of the share of hits that are right, and of how many comparisons.
func (t *trust) bound() (share float64, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return lowerBound(t.right, t.n), t.n
}

// A Trust is how far the semantic tier is trusted with the questions of one owner.
type Trust struct {
	Owner                      string
	Agreed, Differed, Unjudged uint64  // comparisons, and those that came to nothing
	Bound                      float64 // the lower bound of the share that is right, of the last comparisons
	Compared                   int     // those
	Fallen                     bool    // the tier answers nothing
	Falls                      uint64  // how often it fell
}

func (t *trust) report() Trust {
	share, n := t.bound()
	return Trust{t.name, t.agreed.Load(), t.differed.Load(), t.unjudged.Load(), share, n, t.fallen.Load(), t.falls.Load()}
}

// lowerBound is that of Wilson's interval of 95 % (1927) for k right of n; 0 for none.
func lowerBound(k, n int) float64 {
	if n == 0 {
		return 0
	}
	const z = 1.959964
	p, m := float64(k)/float64(n), float64(n)
	return max((p+z*z/(2*m)-z*math.Sqrt(p*(1-p)/m+z*z/(4*m*m)))/(1+z*z/m), 0)
}

// An owner is whose answers they are.
type owner struct{ kind, name string }

// trusts are all of a Cache, by owner. Those that come when it is full share one.
type trusts struct {
	check Check
	mu    sync.RWMutex
	of    map[owner]*trust
	order []*trust
	rest  *trust
	words *trust // of hits by the same words, of all owners: counted, and served whatever comes of it
}

func newTrusts(c Check) *trusts {
	if c.Precision == 0 {
		c.Precision = DefaultPrecision
	}
	if c.Samples == 0 {
		c.Samples = DefaultSamples
	}
	words := &trust{name: canonicalName, check: c, stands: true}
	return &trusts{check: c, of: map[owner]*trust{}, words: words, order: []*trust{words}}
}

// in is the trust in the tier with the questions of o.
func (t *trusts) in(o owner) *trust {
	t.mu.RLock()
	found, rest := t.of[o], t.rest
	t.mu.RUnlock()
	if found != nil {
		return found
	}
	if rest != nil {
		return rest
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if found = t.of[o]; found != nil {
		return found
	}
	made := &trust{name: ownerName(o.kind, o.name), check: t.check}
	if len(t.of) == maxTrusts-1 {
		if t.rest == nil {
			made.name, t.rest = "(others)", made
			t.order = append(t.order, made)
		}
		return t.rest
	}
	t.of[o] = made
	t.order = append(t.order, made)
	return made
}

// canonicalName stands for the owner where hits by the same words are counted.
const canonicalName = "(canonical)"

// list is every trust, the oldest first.
func (t *trusts) list() []*trust {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.order[:len(t.order):len(t.order)]
}

// draw decides whether a hit is one of those that are compared.
func (t *trusts) draw() bool { return t.check.Share > 0 && rand.Float64() < t.check.Share }

// A doubt is an answer that was given, or would have been, to a question that only means the
// same, until the provider's own answer to that question is there.
type doubt struct {
	in  *trust
	hit *kept
}

// weigh compares the two. k is the provider's answer; nil: there is none that is whole.
func (c *Cache) weigh(d *doubt, k *kept) {
	if k == nil {
		d.in.unjudged.Add(1)
		return
	}
	a, b := c.takeScratch(), c.takeScratch()
	defer c.giveScratch(a)
	defer c.giveScratch(b)
	a.reply.Reset()
	b.reply.Reset()
	var errs [2]error
	_, errs[0] = entry.Read(d.hit.data, nil, &a.reply, nil)
	_, errs[1] = entry.Read(k.data, nil, &b.reply, nil)
	differ, judged := agree.Answers(&a.reply, &b.reply)
	if errs != [2]error{} || !judged {
		d.in.unjudged.Add(1)
		return
	}
	c.believe(d.in, differ == "")
}

// believe counts whether a semantic hit was right.
func (c *Cache) believe(t *trust, right bool) {
	if !t.tell(right) {
		return
	}
	if share, n := t.bound(); t.fallen.Load() {
		c.log.Warn("the semantic cache answers no more for an owner: too many of its answers were not what the provider said", "owner", t.name, "least", t.check.Precision)
	} else {
		c.log.Info("the semantic cache answers again for an owner", "owner", t.name, "precision_at_least", share, "compared", n)
	}
}
