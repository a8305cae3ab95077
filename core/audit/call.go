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
	return b
}

// An End is what is known of a call when it has ended.
type End struct {
	Before Before // the result of Look
	Status int    // as the client saw it
	Cost   core.Money
	Time   int64 // wall clock, Unix nanoseconds
}

// AppendCall packs the record of x. It appends at most MaxCall bytes and allocates nothing if dst has
// room for them. It retains nothing of x.
func AppendCall(dst []byte, x *core.Exchange, e *End) []byte {
	before, status := &e.Before, e.Status
	flags, fault := callFlags(x)|before.flags, core.None
	if x.Fault != nil {
		fault = x.Fault.Code
	}
	guard := x.Guard.String()
	dst = append(dst, callVersion, flags, byte(x.Op), byte(fault), byte(x.Recall), byte(len(guard)))
	dst = append(append(dst, byte(status), byte(status>>8)), x.ID[:]...)
	dst = appendTime(dst, e.Time)
	dst = appendInt(dst, max(core.Clock()-x.Start, 0)/1e3)
	dst = appendInt(dst, int64(e.Cost))
	dst = appendWho(dst, x)
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
	return append(appendAttempts(dst, x.Attempts()), guard...)
}

func callFlags(x *core.Exchange) (f byte) {
	for _, b := range [...]struct {
		on  bool
		bit byte
	}{
		{x.Peek.Stream, flagStream}, {pepperOf(x.Snap) != nil, flagKeyed},
		{x.Usage.Known, flagKnown}, {x.Usage.Bad, flagBad}, {x.Usage.Searches != 0, flagSearched},
	} {
		if b.on {
			f |= b.bit
		}
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
	for _, n := range [...]int64{u.In, u.CachedIn, u.WrittenIn, u.KeptIn, u.AudioIn, u.ImageIn, u.Out, u.Reasoning, u.AudioOut, u.ImageOut} {
		dst = appendInt(dst, n)
	}
	return dst
}

func appendAttempts(dst []byte, all []core.Attempt) []byte {
	dst = append(dst, byte(len(all)))
	for i := range all {
		a := &all[i]
		var target, key string
		if a.Target != nil {
			target = a.Target.Name
		}
		if a.Key != nil {
			key = a.Key.Name
		}
		dst = appendName(dst, target, maxTarget)
		dst = appendName(dst, key, maxShown)
		bits := byte(a.Cause)
		if a.Beside {
			bits |= attemptBeside
		}
		if a.Resumes {
			bits |= attemptResumes
		}
		dst = append(dst, byte(a.Status), byte(a.Status>>8), bits)
		dst = appendInt(dst, int64(a.Took)/1e3)
	}
	return dst
}

// Bits of an attempt beside its cause.
const (
	attemptBeside  = 1 << 6
	attemptResumes = 1 << 7
)
