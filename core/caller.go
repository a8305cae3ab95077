package core

import "fmt"

// A VirtualKey is a caller and what it may use. Snapshot.Keys has one entry for each
// credential of it.
type VirtualKey struct {
	Name     string
	Team     string // empty: none
	Customer string // empty: none
	Policy   *Policy
	Limiter  Limiter // its rate limits; nil: none
	Purse    any     // what its requests are paid from; core/build knows the type. nil: nothing is held for them
	Urgency  Urgency // of its requests, unless they ask for a lower one themselves
	Share    uint64  // identifies the caller at Gates; derived from the name, so it survives reloads
	Tally    *Tally  // never nil; Snapshot.Others for keys without counters of their own

	Place    [32]byte // the credential's index in Snapshot.Keys; zero: unknown
	Disabled bool     // the key exists but is refused
	Ends     int64    // Unix seconds from which on the credential is refused; 0: never
	Bound    bool     // its models, spending or lifetime are limited, so it may not use anything that would bypass this gateway
	Old      bool     // this is a previous credential of a rotated key
	Content  bool     // its prompts and answers may be logged
}

// Caller finds the virtual key of a credential; nil: there is none.
func (s *Snapshot) Caller(credential []byte) *VirtualKey {
	return s.Keys[s.Pepper.Sum(credential)]
}

// Lead finds where a model name leads for k. It does what Resolve does for everybody, but a bare
// name that several of k's own providers serve leads to those.
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

// Barred says why k is refused at now, in Unix seconds; nil: it is not.
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

// Bars says why an exchange that k began under old may not continue under s at now, in Unix
// seconds; nil: it may. A key without a Place, from a Snapshot made by hand, is judged by its own
// fields.
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
