package core

import "fmt"

// A VirtualKey is a caller: what it may use. One has a place in Snapshot.Keys for each
// credential that it goes by.
type VirtualKey struct {
	Name     string
	Team     string // empty: none
	Customer string // empty: none
	Policy   *Policy
	Limiter  Limiter // how fast it may be; nil: as it likes
	Purse    any     // what its requests are paid from; core/build knows the type. nil: nothing is held for them
	Urgency  Urgency // of its requests, unless they say that they can wait
	Share    uint64  // what Gates know the caller by; the same for as long as the key has its name
	Tally    *Tally  // never nil; Snapshot.Others for keys that are not counted apart

	Place    [32]byte // of the credential in Snapshot.Keys; zero: not known
	Disabled bool     // known, and refused
	Ends     int64    // Unix seconds from which on the credential is refused; 0: never
	Bound    bool     // something limits what it may use or spend, or for how long: what goes past this gateway is not for it
	Old      bool     // the credential is one that was replaced
	Content  bool     // its prompts and answers may be logged
}

// Caller finds who presents a credential; nil: nobody knows it.
func (s *Snapshot) Caller(credential []byte) *VirtualKey {
	return s.Keys[s.Pepper.Sum(credential)]
}

// Lead finds where a model name leads k, as Resolve does for everybody: a bare name that several of
// k's providers share leads to them.
func (k *VirtualKey) Lead(s *Snapshot, model []byte) (*Route, []byte) {
	r, name := s.Resolve(model)
	if k.Policy == nil || k.Policy.Resolve == nil || r != nil && (r.Targets[0].Model != "" || len(name) != len(model)) {
		return r, name
	}
	if to := k.Policy.Resolve(model); to != nil {
		return to, model
	}
	return r, name
}

// Barred says why k is refused at a moment of Unix seconds; nil: it is not.
func (k *VirtualKey) Barred(now int64) *Fault {
	f := &Fault{Code: Forbidden, Kind: "access_blocked"}
	switch {
	case k.Disabled:
		f.Message, f.Hint = fmt.Sprintf("key %q is disabled", k.Name), "ask an administrator to enable it"
	case k.Ends == 0 || now < k.Ends:
		return nil
	case k.Old:
		f.Message, f.Hint = fmt.Sprintf("key %q was replaced, and the old one is no longer good", k.Name), "send the new one"
	default:
		f.Message, f.Hint = fmt.Sprintf("key %q has expired", k.Name), "ask an administrator for a new one"
	}
	return f
}

// Bars says why what k began under old may not go on under s, at a moment of Unix seconds; nil:
// it may. Keys of Snapshots made by hand, which do not say where they stand, are judged by
// themselves.
func (s *Snapshot) Bars(k *VirtualKey, old *Snapshot, now int64) *Fault {
	switch {
	case k == old.Anonymous:
		if s.Anonymous == nil {
			return &Fault{Code: Unauthenticated, Message: "callers without a key are no longer served", Hint: "send a key"}
		}
		return nil
	case k.Place == [32]byte{}:
		return k.Barred(now)
	}
	heir := s.Keys[k.Place]
	if heir == nil && !s.Pepper.Equal(old.Pepper) { // its digest is another one now
		for _, one := range s.Keys {
			if one.Name == k.Name && one.Old == k.Old {
				heir = one
			}
		}
	}
	if heir == nil {
		return &Fault{Code: Forbidden, Kind: "access_blocked", Message: fmt.Sprintf("key %q was revoked", k.Name), Hint: "ask an administrator for a new one"}
	}
	return heir.Barred(now)
}
