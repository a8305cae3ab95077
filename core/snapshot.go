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
	Keys      map[[32]byte]*VirtualKey // by what Pepper makes of the credential; see Caller
	Pepper    *Pepper                  // nil: none
	Anonymous *VirtualKey              // who a caller without a key is; nil: a key is required
	Models    map[string]*Route        // by the name clients ask for: aliases and served names; a nil Route: claimed by several, so nobody's
	Providers map[string]*Route        // by the prefix of provider/model
	Serves    []Prefix                 // bare names by prefix, when exactly one provider claims it
	Only      *Route                   // where every other bare name goes; nil: NotFound
	Targets   []*Target
	Others    *Tally                  // shared by the Keys that are not counted apart
	Pools     map[Endpoint]Pool       // every pool the Targets use
	Fresh     map[[32]byte]Credential // every credential the Keys renew, by what it is made of
	Memory    Memory                  // answers that are given again; nil: none are
	Repeats   Memory                  // calls that are known by their keys; nil: none are
	Money     Accounts                // what requests are paid from; nil: nothing is held
	Bounds    Bounds                  // the limits of callers; nil: there are none
	Health    Health                  // what the Routes have learnt of the Targets; nil: nothing is kept
	Checks    []HealthCheck           // servers that are asked whether they are well
	Origins   []string                // web origins whose pages may open WebSockets, besides that of the address they ask; "*": any
	Limits    Limits
	Gated     bool // some Target has a Gate
}

// A HealthCheck is a server to ask without a request of a client.
type HealthCheck struct {
	Provider string
	URL      string // GET it: a status below 500 means that the server is well
	Every    time.Duration
}

// A Memory answers what was asked before, through stages of the Plans. Its package knows
// its concrete type; the vocabulary carries it from Snapshot to Snapshot and shows it.
type Memory interface {
	// Figures are what it says about itself, those of one name one after the other.
	Figures() []Figure

	// Clear forgets answers, wherever they are: when it returns nothing of them is left. It
	// reports how many were in memory.
	Clear(f Forget) (n int, err error)

	// Close keeps what waits to be kept and ends its work.
	Close() error
}

// A Forget says which answers a Memory is to forget: those for which all that is set holds.
// The zero Forget is all of them.
type Forget struct {
	ID     string // of one answer, as the header X-Cache-Id says it
	Owner  string // whose, such as "key:ci-bot"
	Label  string // the callers' own name of a part: x-bf-cache-key
	Model  string // asked for, or the one that answered
	Before int64  // Unix nanoseconds: those that are older
}

// A Figure is one number for metrics.
type Figure struct {
	Name, Help   string
	Total        bool   // it only grows
	Label, Value string // what tells it from others of its name; empty: nothing
	N            int64
	Per          int64 // how many of N are one, such as 1000 for thousandths; 0: each is
}

// Health is what Routes learn of Targets and keys. core/route knows its concrete type;
// the vocabulary only carries it from Snapshot to Snapshot and shows it.
type Health interface {
	// Report lists what is known of each target and key, by the target's name.
	Report() []Candidate

	// Probed tells what a health probe of a provider saw, and for how long that holds.
	Probed(provider string, ok bool, holds time.Duration)
}

// A Prefix sends bare model names that begin with Text to Route. A nil Route
// stands for a prefix that several providers claim: it leads nowhere.
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
	BodyBytes    int           // a request body
	Conns        int           // client connections
	HeadWait     time.Duration // from the first byte of a head to its last
	IdleWait     time.Duration // between requests of a connection
	BodyWait     time.Duration // without progress while a body is read
	WriteWait    time.Duration // without progress while a client is written to
	NoExtras     bool          // translated answers carry no extra_fields
	ServerTiming bool          // answer with a Server-Timing header
	Explain      bool          // answer with who was asked
}

// A Policy is a set of rules shared by many keys, compiled to one Plan per Op.
type Policy struct {
	Name  string
	Plans [NumOps]Plan

	// Allows reports whether the policy's keys may be led to r under name; nil:
	// anywhere. Admission asks it for the model, Pick for the caller's own fallbacks.
	Allows func(r *Route, name []byte) bool

	// Resolve finds where the policy's keys are led for a bare name that several of their providers share;
	// a nil Route: where everybody is. nil: they share none.
	Resolve func(name []byte) *Route

	// Serves reports whether the policy's keys may be served by a target under name with
	// one of its keys; k is nil to ask about the target alone, as for targets that take none. nil:
	// by all. Pick passes over what it does not allow.
	Serves func(t *Target, k *ProviderKey, name []byte) bool
}

// A Route is where a model name leads.
type Route struct {
	Name string

	// Pick returns the next target and key, or nil when there is none left.
	// tried holds the attempts made so far, oldest first.
	Pick func(x *Exchange, tried []Attempt) (*Target, *ProviderKey)

	// Note tells what came of an attempt; nil: nobody wants to know. The data plane calls
	// it from the lane that owns x, with the Phase set, when an attempt is judged failed
	// (before it asks Pick again), when its first content goes out, and when it is
	// complete. a is one of x.Attempts(); neither is kept.
	Note func(x *Exchange, a *Attempt)

	Targets []*Target // all of them, in order, for explain
	Again   int       // how often Pick gives the target that failed once more, with nobody else left
	Plan    RoutePlan
	Care    *Care // nil: none is taken
}

// A RoutePlan says how a Route chooses, for explain and metrics.
type RoutePlan struct {
	Strategy string             // empty: in order
	Balanced int                // the first so many Targets are balanced, the rest follow in order
	Say      func() []Candidate // the state of each target and key now, those to be chosen first; nil: nothing is kept
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
	Reason string // figures that the strategy compares; empty: it compares none

	Opened, Benched, Dead uint64 // how often each happened; Dead is an alarm
}

// RouteGauges count what a Route did.
type RouteGauges struct {
	Retries, Refused   uint64 // retries that the budget paid for, and would not pay for
	Budget             float64
	Hits, Misses, Kept uint64 // session bindings: followed, not found, written
	Benched            uint64 // requests refused because every target was benched

	Hedges, Won, Capped uint64        // hedges made, those that were first to answer, and those that a cap prevented
	HedgeAfter          time.Duration // what a stream is waited for now; 0: the route does not hedge

	Rescued, Unrescued uint64 // attempts to continue a stream that broke: those that did, and those that failed
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
	Gate     Gate // bounds what is under way; nil: nothing does
	Tally    *Tally

	// Price is what a request costs here under name, for its caller, with a key of the
	// target's; nil: nobody knows. The function is nil when nothing was priced.
	Price func(x *Exchange, k *ProviderKey, name []byte) *Price

	// Spent reports after how many nanoseconds the provider's own limits let more through;
	// 0: they do now. nil: it has none. Pick passes over who is spent.
	Spent func(now int64) (wait int64)
}

// Waits bound one attempt. Each is absolute from its start, except Stall, which
// begins anew with every byte of a reply and, in a stream, with every event that brings
// something: comments and pings do not count.
type Waits struct {
	Connect time.Duration // TCP and TLS
	Header  time.Duration // from the last request byte to the reply head
	First   time.Duration // from the last request byte to the first content of a stream
	Stall   time.Duration // between reply bytes; in a stream between what it says
	Total   time.Duration // from the first attempt to the last reply byte
}

// A ProviderKey is a secret for a provider, with its weight.
type ProviderKey struct {
	Name   string
	Weight int             // 0: never chosen
	Header []byte          // complete header lines, each ended by CRLF; never logged
	Models map[string]bool // nil: all

	// Sign appends the header lines that carry this key for one request, for keys that
	// change or that sign; nil: Header holds them. It does no I/O and may be called
	// concurrently. ok is false when there is no credential now: the attempt fails.
	Sign func(dst []byte, o *Outgoing) (lines []byte, ok bool)

	Credential Credential // what Sign reads; nil: it does not renew itself
}

// An Outgoing is a request that is about to be sent, as a Sign sees it.
type Outgoing struct {
	Method, Path, Query, Host, Type []byte // Path as it stands in the request line; Query without ?; Type: of the content, empty for none
	Body                            []byte
}

// A Pool is a set of upstream connections to one endpoint. The data plane knows
// its concrete type; the vocabulary only carries it from Snapshot to Snapshot.
type Pool interface{ Close() error }
