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
	held  atomic.Pointer[grant] // the newest; nil: none was fetched yet
	spec  Spec
	http  *client
	tell  func(core.CredentialStatus) // nil: nobody wants to know
	end   context.CancelFunc
	done  chan struct{} // closed when the refresher has ended
	tried chan struct{} // closed when the first try has ended

	mu   sync.Mutex
	last error     // of the newest try; nil: it went well
	next time.Time // the next try; zero: there is none
}

// Open begins to fetch what s describes and keeps it fresh until Close. It does not
// wait; nothing is held at first.
func Open(s Spec, o Options) *Source {
	ctx, cancel := context.WithCancel(context.Background())
	src := &Source{spec: s, http: newClient(o), tell: o.Changed, end: cancel, done: make(chan struct{}), tried: make(chan struct{})}
	go src.refresh(ctx)
	return src
}

// Lines are the complete header lines that carry the credential now, each ended by
// CRLF; nil when there is none, or when it is one for AWS. They stay valid, and
// nobody may write to them.
func (s *Source) Lines() []byte {
	if g := s.held.Load(); g.fresh(time.Now()) {
		return g.lines
	}
	return nil
}

// AWS is the key to sign with now; nil when there is none, or when it is no AWS
// credential. Nobody may write to it.
func (s *Source) AWS() *AWS {
	if g := s.held.Load(); g.fresh(time.Now()) {
		return g.aws
	}
	return nil
}

// Skew is how far the clock of who issues the credential is ahead of this machine's,
// 0 unless it is far enough to matter. What is signed with a date needs it.
func (s *Source) Skew() time.Duration { return time.Duration(s.http.skew.Load()) }

// Ready waits for the first try to end. Its error, or that of ctx, says why nothing is
// held yet; it is tried again all the same.
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

// Status tells how s is doing.
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

// Close ends the renewal and waits for it. What is held stays valid until it
// expires: a request may still be on its way with it.
func (s *Source) Close() error {
	s.end()
	<-s.done
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = time.Time{}
	return nil
}
