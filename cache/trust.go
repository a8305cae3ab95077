package cache

import (
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"

	"asbru/cache/agree"
	"asbru/cache/entry"
)

// A Check says how the semantic tier is checked: for some of its hits the question is also sent
// upstream, behind the answer, and the two answers are compared. The zero Check checks
// none.
type Check struct {
	Share     float64 // of the hits; 0: none
	Precision float64 // least lower bound of the share of right hits; 0: DefaultPrecision
	Samples   int     // comparisons before a verdict; 0: DefaultSamples
}

// A trust says whether the semantic tier is trusted with the questions of one owner. The
// verdict follows from the latest comparisons, which are forgotten when trust falls. While it is fallen,
// the tier serves nothing: its answer is compared with the provider's answer to the same question, which
// has to be asked anyway, until the new comparisons are good enough.
type trust struct {
	name   string
	check  Check
	stands bool // counted only: its trust never falls
	fallen atomic.Bool

	agreed, differed, unjudged, falls atomic.Uint64

	mu    sync.Mutex
	last  []bool // a ring of the latest comparisons
	at, n int
	right int // right ones in last
}

// tell adds a comparison and reports whether it changed the verdict on the tier.
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

// bound returns the lower bound of the share of right hits, and the number of comparisons behind it.
func (t *trust) bound() (share float64, n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return lowerBound(t.right, t.n), t.n
}

// A Trust describes how far the semantic tier is trusted with the questions of one owner.
type Trust struct {
	Owner                      string
	Agreed, Differed, Unjudged uint64  // comparisons, and those without a result
	Bound                      float64 // lower bound of the share of right hits among the latest comparisons
	Compared                   int     // the number of those
	Fallen                     bool    // the tier serves nothing
	Falls                      uint64  // how often it fell
}

func (t *trust) report() Trust {
	share, n := t.bound()
	return Trust{t.name, t.agreed.Load(), t.differed.Load(), t.unjudged.Load(), share, n, t.fallen.Load(), t.falls.Load()}
}

// lowerBound is that of Wilson's interval at 95 % (1927) for k right of n; 0 for n = 0.
func lowerBound(k, n int) float64 {
	if n == 0 {
		return 0
	}
	const z = 1.959964
	p, m := float64(k)/float64(n), float64(n)
	return max((p+z*z/(2*m)-z*math.Sqrt(p*(1-p)/m+z*z/(4*m*m)))/(1+z*z/m), 0)
}

// An owner is whose answers are shared.
type owner struct{ kind, name string }

// trusts are all trusts of a Cache, by owner. Owners beyond the bound share one.
type trusts struct {
	check Check
	mu    sync.RWMutex
	of    map[owner]*trust
	order []*trust
	rest  *trust
	words *trust // of hits in the canonical tier, for all owners: counted, and never fallen
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

// in returns the trust for the questions of o.
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

// canonicalName replaces the owner where hits of the canonical tier are counted.
const canonicalName = "(canonical)"

// list returns every trust, the oldest first.
func (t *trusts) list() []*trust {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.order[:len(t.order):len(t.order)]
}

// draw decides at random whether a hit is compared.
func (t *trusts) draw() bool { return t.check.Share > 0 && rand.Float64() < t.check.Share }

// A doubt is an answer that the semantic tier gave, or would have given, until it can be compared with
// the provider's own answer.
type doubt struct {
	in  *trust
	hit *kept
}

// weigh compares the two. k is the provider's answer; nil: there is no complete one.
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
