package cred

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"asbru/core"
)

// refresh fetches until s is closed, or until it holds a credential that needs no renewal.
func (s *Source) refresh(ctx context.Context) {
	defer close(s.done)
	var told core.CredentialStatus
	tried := false
	for failed := 0; ; {
		g, err := s.fetch(ctx)
		if ctx.Err() != nil {
			return
		}
		pause, again := time.Duration(0), true
		if err != nil {
			failed++
			pause = backoff(failed, err)
		} else {
			failed = 0
			pause, again = renewal(g, time.Now())
		}
		s.keep(g, err, pause, again)
		if !tried {
			tried = true
			close(s.tried)
		}
		if st := s.Status(); s.tell != nil && (st.State != told.State || st.Problem != told.Problem) {
			s.tell(st)
			told = st
		}
		if !again || !nap(ctx, pause) {
			return
		}
	}
}

func (s *Source) fetch(ctx context.Context) (*grant, error) {
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	g, err := s.spec.fetch(ctx, s.http)
	if err == nil && !g.fresh(time.Now()) {
		return nil, errors.New("what was issued has expired already; compare the clocks of both machines")
	}
	return g, err
}

// keep records the outcome of a try and, with again, that the next one follows after pause.
func (s *Source) keep(g *grant, err error, pause time.Duration, again bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last, s.next = err, time.Time{}
	if again {
		s.next = time.Now().Add(pause).Round(0)
	}
	if err == nil {
		s.held.Store(g)
	}
}

// renewal returns how long after now to renew g: after four fifths of its lifetime, or
// earlier if that would leave too little time for failures, and a random bit earlier, as
// many processes may have been started at once. ok is false if it never has to be renewed.
func renewal(g *grant, now time.Time) (pause time.Duration, ok bool) {
	if g.expires.IsZero() {
		return jitter(g.renew), g.renew > 0
	}
	life := g.expires.Sub(now)
	pause = life / 5 * 4
	if life-pause < renewAhead {
		pause = max(life-renewAhead, life/2)
	}
	if g.renew > 0 {
		pause = min(pause, g.renew)
	}
	return max(jitter(pause), renewLeast), true
}

// backoff returns how long to wait after that many failures in a row.
func backoff(failed int, err error) time.Duration {
	longest := longestPause
	var r *refusal
	if errors.As(err, &r) && r.ours() {
		longest = refusedPause
	}
	pause := longest
	if failed < 20 {
		pause = min(firstPause<<(failed-1), longest)
	}
	pause -= rand.N(pause/2 + 1)
	if r != nil && r.after > pause {
		pause = min(r.after, refusedPause)
	}
	return pause
}

// jitter returns d less a random part of up to a tenth.
func jitter(d time.Duration) time.Duration { return d - rand.N(d/10+1) }

// nap waits for d by the wall clock, which goes on while a machine is suspended. It returns
// false if ctx ends first.
func nap(ctx context.Context, d time.Duration) bool {
	until := time.Now().Add(d).Round(0)
	t := time.NewTimer(min(d, longestNap))
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-t.C:
		}
		left := until.Sub(time.Now().Round(0))
		if left <= 0 {
			return true
		}
		t.Reset(min(left, longestNap))
	}
}
