package core

import (
	"time"
)

// A Snapshot is the whole running configuration in the shape the hot path
// reads it. It is immutable: a change builds another one and swaps the pointer.
// The live objects it points at (Tally, Pool) outlive it and are carried over
// by identity.
type Snapshot struct {
	Version   uint64
	Keys      map[[32]byte]*VirtualKey // by the digest that Pepper makes of a credential; see Caller
	Pepper    *Pepper                  // nil: digests are plain SHA-256
	Anonymous *VirtualKey              // stands for callers without a key; nil: a key is required
	Models    map[string]*Route        // by the name clients ask for: aliases and served names; a nil Route: several providers claim it, so it leads nowhere
	Providers map[string]*Route        // by the prefix of provider/model
	Serves    []Prefix                 // bare model names by prefix, where exactly one provider claims the prefix
	Only      *Route                   // for every other bare name; nil: such names are not found
	Targets   []*Target
	Others    *Tally                  // shared by the Keys that have no Tally of their own
	Pools     map[Endpoint]Pool       // every pool the Targets use
	Fresh     map[[32]byte]Credential // every renewable credential of the Targets' keys, by a digest of its specification
	Memory    Memory                  // the answer cache; nil: off
	Repeats   Memory                  // calls known by their idempotency keys; nil: off
	Money     Accounts                // the budgets; nil: there are none
	Bounds    Bounds                  // the callers' rate limits; nil: there are none
	Health    Health                  // what the Routes have learnt about the Targets; nil: nothing is kept
	Checks    []HealthCheck           // servers that asbru itself probes
	Origins   []Origin                // web origins besides the server's own whose pages may call; nil: none
	Limits    Limits
	Gated     bool // at least one Target has a Gate
}

// An Origin is a web origin whose pages may call: open WebSockets, and read answers in spite of the rule of browsers
// that a page reads those of its own origin only (CORS).
//
// Source: https://fetch.spec.whatwg.org/#http-cors-protocol
type Origin struct {
	Name  string // scheme://host or scheme://host:port, in lower case; "*": any
	Lines []byte // of each answer to its pages, each ended by CRLF
}

// PageOf returns the place of a web origin among those whose pages may call, from 1 on, where "*" stands for any other; 0:
// it is not among them.
func PageOf[T string | []byte](origins []Origin, name T) (place uint16) {
	for i := range origins {
		switch o := origins[i].Name; {
		case sameOrigin(name, o):
			return uint16(i + 1)
		case o == "*":
			place = uint16(i + 1)
		}
	}
	return place
}

// sameOrigin reports whether name equals lower in any ASCII case. Other letters have no case here: no origin has them.
func sameOrigin[T string | []byte](name T, lower string) bool {
	if len(name) != len(lower) {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// A HealthCheck says how to probe a server between the requests of clients.
type HealthCheck struct {
	Provider string
	URL      string // answers GET with a status below 500 while the server is well
	Every    time.Duration
}

// A Memory serves earlier answers again, through stages of the Plans. Only its package knows
// the concrete type; core hands it on from Snapshot to Snapshot and exposes its metrics.
type Memory interface {
	// Figures returns its metrics, with those of one name next to each other.
	Figures() []Figure

	// Clear removes answers wherever they are kept; once it has returned nil, none is left.
	// n is how many were in memory.
	Clear(f Forget) (n int, err error)

	// Close writes what is still queued and stops its goroutines.
	Close() error
}

// A Forget selects the answers that a Memory is to remove: those that match every field that
// is set. The zero Forget selects all.
type Forget struct {
	ID     string // one answer, by the value of its X-Cache-Id header
	Owner  string // whose answers, such as "key:ci-bot"
	Label  string // the partition that callers named with x-bf-cache-key
	Model  string // the model asked for, or the one that answered
	Before int64  // answers older than this, in Unix nanoseconds
}

// A Figure is one number for metrics.
type Figure struct {
	Name, Help   string
	Total        bool   // a counter: it only grows
	Label, Value string // distinguishes figures of one name; empty: there is only one
	N            int64
	Per          int64 // the unit of N as a fraction, such as 1000 for thousandths; 0: N counts whole units
}

// Health is what Routes learn about Targets and keys. Only core/route knows the concrete type;
// core hands it on from Snapshot to Snapshot and shows it.
type Health interface {
	// Report lists what is known about each target and key, sorted by the target's name.
	Report() []Candidate

	// Probed records the result of a health probe of a provider, and how long it holds.
	Probed(provider string, ok bool, holds time.Duration)
}

// A Prefix sends bare model names that begin with Text to Route. A nil Route
// marks a prefix that several providers claim: it leads nowhere.
type Prefix struct {
	Text  string
	Route *Route
}

// Resolve finds where a model name leads and the name to send to targets that
// name none. A nil Route means nobody serves it.
func (s *Snapshot) Resolve(model []byte) (*Route, []byte) {
	if r, ok := s.Models[string(model)]; ok {
		return r, model
	}
	for i, c := range model {
		if c == '/' {
			if r := s.Providers[string(model[:i])]; r != nil && i+1 < len(model) {
				return r, model[i+1:]
			}
			break
		}
	}
	for _, p := range s.Serves {
		n := len(p.Text)
		if len(model) >= n && (n == 0 || model[0] == p.Text[0] && string(model[:n]) == p.Text) {
			return p.Route, model
		}
	}
	return s.Only, model
}

// Limits bound what one client can ask of the process. Zero means the default
// named in core/config.
type Limits struct {
	BodyBytes    int           // size of a request body
	Conns        int           // open client connections
	HeadWait     time.Duration // from the first byte of a head to its last
	IdleWait     time.Duration // between the requests of a connection
	BodyWait     time.Duration // without progress while a body is read
	WriteWait    time.Duration // without progress while writing to a client
	NoExtras     bool          // leave extra_fields out of translated answers
	ServerTiming bool          // add a Server-Timing header to answers
	Explain      bool          // add headers that say which targets were asked
}

// A Policy is a set of rules shared by many keys, compiled to one Plan per Op.
type Policy struct {
	Name  string
	Plans [NumOps]Plan

	// Allows reports whether the policy's keys may be led to r under name; nil:
	// anywhere. Admission asks it for the model, Pick for the caller's own fallbacks.
	Allows func(r *Route, name []byte) bool

	// Resolve finds the route of a bare name that several of the policy's own providers serve;
	// a nil Route: the name leads where it does for everybody. nil: there is no such name.
	Resolve func(name []byte) *Route

	// Serves reports whether a target may serve the policy's keys under name with its provider
	// key k; k is nil to ask about the target alone, as for targets that take no key. nil: all
	// may. Pick skips what it does not allow.
	Serves func(t *Target, k *ProviderKey, name []byte) bool
}

// A Route is where a model name leads.
type Route struct {
	Name string

	// Pick returns the next target and key, or nil when none is left.
	// tried holds the attempts made so far, oldest first.
	Pick func(x *Exchange, tried []Attempt) (*Target, *ProviderKey)

	// Note reports the outcome of an attempt; nil: nobody listens. The data plane calls it on
	// the lane that owns x, with a.Phase set: when an attempt has failed (before it asks Pick
	// again), when its first content goes to the client, and when it is complete. a is one of
	// x.Attempts(); Note must retain neither.
	Note func(x *Exchange, a *Attempt)

	Targets []*Target // all of them, in order, for explain
	Via     []Via     // of those that stand for another alias; nil: none
	Again   int       // how often Pick returns a failed target once more when no other is left
	Plan    RoutePlan
	Care    *Care // nil: none is taken

	// Spent returns how many nanoseconds it takes until the rate limits of the alias let more through; 0: they do. nil: it
	// is no alias, or has none.
	Spent func(now int64) (wait int64)
}

// A RoutePlan says how a Route chooses, for explain and metrics.
type RoutePlan struct {
	Strategy string             // empty: in order
	Balanced int                // how many of the first Targets are balanced; the rest follow in order
	Say      func() []Candidate // the state of each target and key, in the order they would be chosen; nil: nothing is kept
	Gauges   func() RouteGauges // nil: nothing is kept
}

// A Candidate is one target with one key as a Route sees it now.
type Candidate struct {
	Target *Target
	Key    *ProviderKey // nil: the target takes none
	State  string       // closed, open, half-open, benched, dead
	Why    string       // what opened or benched it; empty when closed
	Rest   time.Duration
	Next   bool   // it would be chosen now
	Reason string // the figures that the strategy compares; empty: it compares none

	Opened, Benched, Dead uint64 // how often each happened; Dead is an alarm
}

// RouteGauges count what a Route did.
type RouteGauges struct {
	Retries, Refused   uint64 // retries that the retry budget allowed, and those it did not
	Budget             float64
	Hits, Misses, Kept uint64 // session bindings: followed, not found, written
	Benched            uint64 // requests refused because every target was benched

	Hedges, Won, Capped uint64        // hedges made, those that answered first, and those that a cap prevented
	HedgeAfter          time.Duration // how long a stream may stay silent now before it is hedged; 0: the route does not hedge

	Rescued, Unrescued uint64 // attempts to continue a broken stream: successful ones, and failed ones
}

// A Target is one model at one provider.
type Target struct {
	Name     string // provider/model, or provider alone when Model is empty
	Provider string
	Model    string  // sent upstream; empty: the name the client asked for
	Faces    []*Face // what its server understands, in order of preference
	Host     string  // value of the Host header
	Headers  []byte  // fixed header lines to send, each ended by CRLF
	Pool     Pool
	Waits    Waits
	Keys     []*ProviderKey
	Gate     Gate // bounds the requests under way; nil: unbounded
	Tally    *Tally

	// Price returns the prices that apply to x here under name with the target's key k; nil:
	// unknown. The function itself is nil in a Snapshot that no document was compiled into.
	Price func(x *Exchange, k *ProviderKey, name []byte) *Price

	// Spent returns how many nanoseconds it takes until the rate limits configured for the
	// provider let a request through; 0: they do now. nil: it has no limits. Pick skips a
	// target whose limits are spent.
	Spent func(now int64) (wait int64)
}

// Waits bound one attempt. Each runs from a fixed start, except Stall, which
// restarts with every byte of a reply; in a stream, with every event that has
// content, as comments and pings do not count.
type Waits struct {
	Connect time.Duration // TCP and TLS
	Header  time.Duration // from the last request byte to the reply head, where that does not wait for the answer
	Answer  time.Duration // the same of an answer that comes whole: its head comes when all of it is made
	First   time.Duration // from the last request byte to the first content of a stream
	Stall   time.Duration // between reply bytes; in a stream, between events with content
	Total   time.Duration // from the first attempt to the last reply byte
}

// A ProviderKey is a secret for a provider, with its weight.
type ProviderKey struct {
	Name   string
	Weight int             // 0: never chosen
	Header []byte          // complete header lines, each ended by CRLF; never logged
	Models map[string]bool // nil: all

	// Sign appends the header lines that authenticate one request, for keys that expire or
	// that sign requests; nil: Header holds the lines. It does no I/O and may be called
	// concurrently. ok is false while there is no valid credential: the attempt fails.
	Sign func(dst []byte, o *Outgoing) (lines []byte, ok bool)

	Credential Credential // what Sign reads; nil: the key never changes
}

// An Outgoing is a request about to be sent, as Sign sees it.
type Outgoing struct {
	Method, Path, Query, Host, Type []byte // Path as in the request line; Query without the "?"; Type is the content type, empty for none
	Body                            []byte
}

// A Pool is a set of upstream connections to one endpoint. Only the data plane knows
// the concrete type; core hands it on from Snapshot to Snapshot.
type Pool interface{ Close() error }
