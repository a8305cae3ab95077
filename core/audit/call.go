package audit

import "asbru/core"

// A Call is the record of one call. Names longer than their bound are cut and end in
// "~" and eight digits that distinguish them; unknown fields are empty or zero.
type Call struct {
	ID   [16]byte // of the Exchange
	Time int64    // when it ended, wall clock, Unix nanoseconds
	Took int64    // from the complete head of the request, microseconds
	Cost core.Money

	Key, Team, Customer string // names; of the key only its name
	Asked               string // the model the client asked for
	Served, Provider    string // the model and provider that answered, also if the answer was cached; empty: none was asked
	Op                  core.Op
	Status              int // as the client saw it
	Fault               core.Code
	Stream              bool
	Recall              core.Recall // what the cache had to do with it
	Guard               string      // verdict of the semantic cache's guard on the most similar question; empty: it was not asked

	Usage    core.Usage
	Attempts []Attempt

	Prompt  [32]byte // digest of the request's body; see PromptOf. Zero: it had none
	Keyed   bool     // Prompt is keyed by the pepper
	Ends    bool     // Prompt is that of the body's two ends: it was long
	Session [8]byte  // of the digest of the client's session id; zero: it has none
}

// An Attempt is one try at one target.
type Attempt struct {
	Target string
	Key    string // name of the provider key; empty: none
	Status int    // of the reply; 0: there was none
	Cause  core.Cause
	Took   int64 // until the reply's head, microseconds; 0: there was none
	Beside bool  // a hedge
	Resume bool  // it continued the stream of the one before
}

// A packed call begins so; then come varints and names with their lengths before them:
//
//	0 version   1 flags   2 op   3 fault   4 recall   5 bytes of the guard's word   6 u16 status
//	8 [16] id  24 i64 time   32 took, cost, 5 names of who and 1 of where,
//	tokens when they are known, searches when there are some, digests as the flags say, attempts, the guard's word
const callVersion = 1

const (
	flagStream = 1 << iota
	flagKeyed
	flagEnds
	flagPrompt
	flagSession
	flagKnown
	flagBad
	flagSearched
)

// A Before is what must be recorded while the request is still in memory: once the answer has ended, its
// body may be gone. The zero Before says that there was no request.
type Before struct {
	prompt  [32]byte
	session [8]byte
	flags   byte

	// The names of a call whose first attempt is its last, as they will be packed.
	target     *core.Target // of that attempt; nil: they are not known
	key        *core.ProviderKey
	who, tried uint8          // how long they are: who asked for what and who answers, and the attempt's
	names      [maxNamed]byte // one behind the other
}

// Look reads the request of x. It allocates nothing.
func Look(x *core.Exchange) (b Before) {
	if len(x.Body) > 0 {
		b.prompt, b.flags = PromptOf(x.Snap, x.Body), flagPrompt
		if len(x.Body) > maxHashed {
			b.flags |= flagEnds
		}
	}
	if len(x.Session) > 0 {
		b.session, b.flags = sessionOf(x.Snap, x.Session), b.flags|flagSession
	}
	b.name(x)
	return b
}

// name packs the names of x while its first attempt is under way: nobody waits for that, and for what is
// packed at its end its client does.
func (b *Before) name(x *core.Exchange) {
	a := x.Attempts()
	if len(a) != 1 || x.Answered != nil {
		return
	}
	var room [MaxCall]byte
	who := appendWho(room[:0], x)
	all := appendNames(who, &a[0])
	if len(all) > maxNamed {
		return
	}
	b.target, b.key = a[0].Target, a[0].Key
	b.who, b.tried = uint8(len(who)), uint8(len(all)-len(who))
	copy(b.names[:], all)
}

// named reports whether the names of x are those that b has.
func (b *Before) named(x *core.Exchange, a []core.Attempt) bool {
	return len(a) == 1 && a[0].Target == b.target && b.target != nil && a[0].Key == b.key && x.Answered == nil
}

// An End is what is known of a call when it has ended.
type End struct {
	Before *Before // the result of Look
	Status int     // as the client saw it
	Cost   core.Money
	Time   int64 // wall clock, Unix nanoseconds
	Clock  int64 // the same moment on core.Clock
}

// AppendCall packs the record of x. It appends at most MaxCall bytes and allocates nothing if dst has
// room for them. It retains nothing of x.
func AppendCall(dst []byte, x *core.Exchange, e *End) []byte {
	before, status := e.Before, e.Status
	flags, fault := callFlags(x)|before.flags, core.None
	if x.Fault != nil {
		fault = x.Fault.Code
	}
	guard := x.Guard.String()
	dst = append(dst, callVersion, flags, byte(x.Op), byte(fault), byte(x.Recall), byte(len(guard)), byte(status), byte(status>>8))
	dst = appendTime(append(dst, x.ID[:]...), e.Time)
	dst = appendInt(dst, max(e.Clock-x.Start, 0)/1e3)
	dst = appendInt(dst, int64(e.Cost))
	tries := x.Attempts()
	named := before.named(x, tries)
	if named {
		dst = append(dst, before.names[:before.who]...)
	} else {
		dst = appendWho(dst, x)
	}
	if flags&flagKnown != 0 {
		dst = appendUsage(dst, &x.Usage)
	}
	if flags&flagSearched != 0 {
		dst = appendInt(dst, int64(x.Usage.Searches))
	}
	if flags&flagPrompt != 0 {
		dst = append(dst, before.prompt[:]...)
	}
	if flags&flagSession != 0 {
		dst = append(dst, before.session[:]...)
	}
	if named {
		dst = append(append(dst, 1), before.names[before.who:][:before.tried]...)
		return append(appendOutcome(dst, &tries[0]), guard...)
	}
	return append(appendAttempts(dst, tries), guard...)
}

func callFlags(x *core.Exchange) (f byte) {
	if x.Peek.Stream {
		f = flagStream
	}
	if pepperOf(x.Snap) != nil {
		f |= flagKeyed
	}
	if x.Usage.Known {
		f |= flagKnown
	}
	if x.Usage.Bad {
		f |= flagBad
	}
	if x.Usage.Searches != 0 {
		f |= flagSearched
	}
	return f
}

// appendWho packs who asked for what, and who answered.
func appendWho(dst []byte, x *core.Exchange) []byte {
	var key, team, customer, provider, model string
	if x.Key != nil {
		key, team, customer = x.Key.Name, x.Key.Team, x.Key.Customer
	}
	t := x.Answered
	if a := x.Attempts(); len(a) > 0 && t == nil {
		t = a[len(a)-1].Target
	}
	if t != nil {
		provider, model = t.Provider, t.Model
	}
	dst = appendName(dst, key, maxKey)
	dst = appendName(dst, team, maxGroup)
	dst = appendName(dst, customer, maxGroup)
	dst = appendName(dst, x.Peek.Model, maxModel)
	if t != nil && model == "" {
		dst = appendName(dst, x.Name, maxModel)
	} else {
		dst = appendName(dst, model, maxModel)
	}
	return appendName(dst, provider, maxProvider)
}

func appendUsage(dst []byte, u *core.Usage) []byte {
	if u.CachedIn|u.WrittenIn|u.KeptIn|u.AudioIn|u.ImageIn|u.Reasoning|u.AudioOut|u.ImageOut == 0 { // text alone
		dst = append(appendInt(dst, u.In), 0, 0, 0, 0, 0)
		return append(appendInt(dst, u.Out), 0, 0, 0)
	}
	for _, n := range [...]int64{u.In, u.CachedIn, u.WrittenIn, u.KeptIn, u.AudioIn, u.ImageIn, u.Out, u.Reasoning, u.AudioOut, u.ImageOut} {
		dst = appendInt(dst, n)
	}
	return dst
}

func appendAttempts(dst []byte, all []core.Attempt) []byte {
	dst = append(dst, byte(len(all)))
	for i := range all {
		dst = appendOutcome(appendNames(dst, &all[i]), &all[i])
	}
	return dst
}

// appendNames packs who was tried, and appendOutcome what came of it.
func appendNames(dst []byte, a *core.Attempt) []byte {
	var target, key string
	if a.Target != nil {
		target = a.Target.Name
	}
	if a.Key != nil {
		key = a.Key.Name
	}
	return appendName(appendName(dst, target, maxTarget), key, maxShown)
}

func appendOutcome(dst []byte, a *core.Attempt) []byte {
	bits := byte(a.Cause)
	if a.Beside {
		bits |= attemptBeside
	}
	if a.Resumes {
		bits |= attemptResumes
	}
	return appendInt(append(dst, byte(a.Status), byte(a.Status>>8), bits), int64(a.Took)/1e3)
}

// Bits of an attempt beside its cause.
const (
	attemptBeside  = 1 << 6
	attemptResumes = 1 << 7
)
