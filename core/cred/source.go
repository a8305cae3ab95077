package cred

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"asbru/core"
)

// A Source holds one credential and renews it. All methods are safe for concurrent
// use.
type Source struct {
	held  atomic.Pointer[grant] // the latest; nil: none was fetched yet
	spec  Spec
	http  *client
	tell  func(core.CredentialStatus) // Options.Changed; may be nil
	end   context.CancelFunc
	done  chan struct{} // closed once the refresher has ended
	tried chan struct{} // closed once the first try has ended

	mu   sync.Mutex
	last error     // of the latest try; nil: it succeeded
	next time.Time // of the next try; zero: there is none
}

// Open starts fetching what s describes and keeps it fresh until Close. It does not
// wait; at first there is no credential.
func Open(s Spec, o Options) *Source {
	ctx, cancel := context.WithCancel(context.Background())
	src := &Source{spec: s, http: newClient(o), tell: o.Changed, end: cancel, done: make(chan struct{}), tried: make(chan struct{})}
	go src.refresh(ctx)
	return src
}

// Lines returns the complete header lines that carry the current credential, each ended by
// CRLF; nil if there is none, or if it is one for AWS. They stay valid, and
// must not be modified.
func (s *Source) Lines() []byte {
	if g := s.held.Load(); g.fresh(time.Now()) {
		return g.lines
	}
	return nil
}

// AWS returns the current key to sign with; nil if there is none, or if the credential is not for
// AWS. It must not be modified.
func (s *Source) AWS() *AWS {
	if g := s.held.Load(); g.fresh(time.Now()) {
		return g.aws
	}
	return nil
}

// Skew returns how far the issuer's clock is ahead of this machine's,
// 0 unless it is far enough to matter. Dated signatures need it.
func (s *Source) Skew() time.Duration { return time.Duration(s.http.skew.Load()) }

// Ready waits for the first try to end. Its error, or that of ctx, says why there is no
// credential yet; further tries follow in any case.
func (s *Source) Ready(ctx context.Context) error {
	select {
	case <-s.tried:
	case <-s.done:
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch err := context.Cause(ctx); {
	case s.held.Load() != nil:
		return nil
	case s.last != nil:
		return s.last
	case err == nil:
		return errors.New("it was closed before it held anything")
	default:
		return fmt.Errorf("there is no answer yet: %w", err)
	}
}

// Status describes the state of s.
func (s *Source) Status() core.CredentialStatus {
	g := s.held.Load()
	s.mu.Lock()
	defer s.mu.Unlock()
	st := core.CredentialStatus{Next: s.next}
	if s.last != nil {
		st.Problem = s.last.Error()
	}
	if g != nil {
		st.Expires = g.expires
	}
	switch fresh := g.fresh(time.Now()); {
	case fresh && s.last == nil:
		st.State = core.CredentialFresh
	case fresh:
		st.State = core.CredentialStale
	case g != nil:
		st.State = core.CredentialExpired
	case s.last != nil:
		st.State = core.CredentialFailed
	}
	return st
}

// Close stops the renewal and waits for it. The credential stays valid until it
// expires: a request may still be using it.
func (s *Source) Close() error {
	s.end()
	<-s.done
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = time.Time{}
	return nil
}
