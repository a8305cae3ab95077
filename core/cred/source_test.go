package cred

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"asbru/core"
)

// A script is a Spec whose results are given by a test, try by try.
type script struct {
	tries *atomic.Int32
	try   func(n int32) (*grant, error) // n counts from 1
}

func (s script) describe(d digest) { d.add("script") }

func (s script) fetch(context.Context, *client) (*grant, error) { return s.try(s.tries.Add(1)) }

// begin opens a Source of a script that is closed with the test.
func begin(t *testing.T, try func(n int32) (*grant, error)) (*Source, *atomic.Int32) {
	t.Helper()
	tries := new(atomic.Int32)
	src := Open(script{tries, try}, Options{})
	t.Cleanup(func() { src.Close() })
	return src, tries
}

// lasting returns a token with number n that is valid for d.
func lasting(n int32, d time.Duration) *grant {
	return &grant{lines: fmt.Appendf(nil, "t: %d\r\n", n), expires: time.Now().Add(d).Round(0)}
}

func TestRenewsAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src, tries := begin(t, func(n int32) (*grant, error) { return lasting(n, time.Hour), nil })
		start := time.Now()
		for range 24 * 60 * 6 {
			synctest.Wait()
			if src.Lines() == nil {
				t.Fatalf("nothing is held %v after the start", time.Since(start))
			}
			if left := time.Until(src.held.Load().expires); left < renewAhead {
				t.Fatalf("what is held after %v has only %v left", time.Since(start), left)
			}
			time.Sleep(10 * time.Second)
		}
		// between 43.2 and 48 minutes each
		if n := tries.Load(); n < 30 || n > 34 {
			t.Errorf("%d tries in a day, with tokens valid for an hour", n)
		}
		st := src.Status()
		if st.State != core.CredentialFresh || st.Problem != "" || time.Until(st.Next) <= 0 || time.Until(st.Expires) <= 0 {
			t.Errorf("status: %+v", st)
		}
	})
}

func TestKeepsTheOldOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var broken atomic.Bool
		src, tries := begin(t, func(n int32) (*grant, error) {
			if broken.Load() {
				return nil, &refusal{host: "sts", status: 503}
			}
			return lasting(n, time.Hour), nil
		})
		f := func(want core.CredentialState, lines, problem string) {
			t.Helper()
			synctest.Wait()
			st := src.Status()
			if st.State != want || string(src.Lines()) != lines || st.Problem != problem {
				t.Errorf("got %v, %q, %q; want %v, %q, %q", st.State, src.Lines(), st.Problem, want, lines, problem)
			}
		}
		f(core.CredentialFresh, "t: 1\r\n", "")
		broken.Store(true)
		time.Sleep(50 * time.Minute)
		f(core.CredentialStale, "t: 1\r\n", "sts answered 503")
		time.Sleep(10 * time.Minute)
		f(core.CredentialExpired, "", "sts answered 503")
		failed := tries.Load()
		time.Sleep(time.Hour)
		if n := tries.Load() - failed; n < 60 || n > 121 {
			t.Errorf("%d tries in an hour of failures", n)
		}
		broken.Store(false)
		time.Sleep(longestPause)
		f(core.CredentialFresh, fmt.Sprintf("t: %d\r\n", tries.Load()), "")
	})
}

func TestChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		tries := new(atomic.Int32)
		src := Open(script{tries, func(n int32) (*grant, error) {
			if n == 3 || n == 4 || n == 6 {
				return nil, errors.New("no route")
			}
			return lasting(n, time.Hour), nil
		}}, Options{Changed: func(s core.CredentialStatus) { told = append(told, s.State.String()+" "+s.Problem) }})
		time.Sleep(10 * time.Hour)
		src.Close()
		if got, want := strings.Join(told, ", "), "fresh , stale no route, fresh , stale no route, fresh "; got != want {
			t.Errorf("Changed reported %q, want %q", got, want)
		}
	})
}

func TestFirstTryFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wait := make(chan struct{})
		src, tries := begin(t, func(n int32) (*grant, error) {
			<-wait
			if n < 4 {
				return nil, errors.New("no route")
			}
			return lasting(n, time.Hour), nil
		})
		if st := src.Status(); st.State != core.CredentialWaiting || src.Lines() != nil || src.AWS() != nil {
			t.Errorf("before the first try has ended: %+v", st)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := src.Ready(ctx); err == nil || !strings.Contains(err.Error(), "no answer yet") {
			t.Errorf("ready: %v", err)
		}
		close(wait)
		synctest.Wait()
		if st := src.Status(); st.State != core.CredentialFailed || st.Problem != "no route" || st.Next.IsZero() {
			t.Errorf("after the first try: %+v", st)
		}
		if err := src.Ready(ctx); err == nil || err.Error() != "no route" {
			t.Errorf("ready: %v", err)
		}
		time.Sleep(10 * time.Second)
		if err := src.Ready(t.Context()); err != nil {
			t.Errorf("ready: %v", err)
		}
		if n := tries.Load(); n != 4 || string(src.Lines()) != "t: 4\r\n" {
			t.Errorf("%d tries, %q", n, src.Lines())
		}
	})
}

// A credential that never expires needs no goroutine, and its Source can still be closed.
func TestLasting(t *testing.T) {
	src := Open(AWSStatic{AccessKey: "AKID", Secret: NewSecret("s")}, Options{})
	if err := src.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-src.done
	if k := src.AWS(); k == nil || k.AccessKey != "AKID" || k.Secret.Reveal() != "s" || src.Lines() != nil {
		t.Errorf("got %+v", k)
	}
	if st := src.Status(); st.State != core.CredentialFresh || !st.Next.IsZero() || !st.Expires.IsZero() {
		t.Errorf("status: %+v", st)
	}
	src.Close()
	if src.AWS() == nil {
		t.Error("after Close, requests under way have no key")
	}
}

func TestBornDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src, _ := begin(t, func(n int32) (*grant, error) { return lasting(n, -time.Second), nil })
		synctest.Wait()
		if st := src.Status(); st.State != core.CredentialFailed || !strings.Contains(st.Problem, "expired already") {
			t.Errorf("status: %+v", st)
		}
	})
}

func TestCloseDuringFetch(t *testing.T) {
	started := make(chan struct{})
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // only then does the server notice a client that leaves
		close(started)
		<-r.Context().Done()
	})
	src := Open(OAuth{TokenURL: url}, Options{})
	<-started
	src.Close()
	if st := src.Status(); st.State != core.CredentialWaiting {
		t.Errorf("status: %+v", st)
	}
	if err := src.Ready(t.Context()); err == nil {
		t.Error("Ready of a closed source returns no error")
	}
}

func TestManyReaders(t *testing.T) {
	src, tries := begin(t, func(n int32) (*grant, error) {
		return &grant{lines: fmt.Appendf(nil, "t: %d\r\n", n), renew: time.Millisecond}, nil
	})
	if err := src.Ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for tries.Load() < 10 {
				if l := src.Lines(); !strings.HasPrefix(string(l), "t: ") || src.Status().State != core.CredentialFresh {
					t.Errorf("read %q", l)
					return
				}
			}
		})
	}
	wg.Wait()
}

func TestRenewal(t *testing.T) {
	now := time.Now()
	f := func(life, renew, least, most time.Duration) {
		t.Helper()
		g := &grant{renew: renew}
		if life > 0 {
			g.expires = now.Add(life)
		}
		for range 100 {
			if got, ok := renewal(g, now); !ok || got < least || got > most {
				t.Fatalf("a life of %v, renew %v: renewed after %v, want %v to %v", life, renew, got, least, most)
			}
		}
	}
	f(24*time.Hour, 0, 17*time.Hour, 1152*time.Minute)
	f(24*time.Hour, 12*time.Hour, 648*time.Minute, 12*time.Hour)
	f(time.Hour, 0, 43*time.Minute, 48*time.Minute)
	f(20*time.Minute, 0, 13*time.Minute, 15*time.Minute)
	f(6*time.Minute, 0, 162*time.Second, 3*time.Minute)
	f(time.Minute, 0, 27*time.Second, 30*time.Second)
	f(time.Second, 0, renewLeast, renewLeast)
	f(0, time.Hour, 54*time.Minute, time.Hour)
	if _, ok := renewal(&grant{}, now); ok {
		t.Error("a credential that never expires is renewed")
	}
}

func TestBackoff(t *testing.T) {
	f := func(failed int, err error, least, most time.Duration) {
		t.Helper()
		for range 100 {
			if got := backoff(failed, err); got < least || got > most {
				t.Fatalf("failure %d (%v): waits %v, want %v to %v", failed, err, got, least, most)
			}
		}
	}
	down := errors.New("down")
	f(1, down, time.Second/2, time.Second)
	f(3, down, 2*time.Second, 4*time.Second)
	f(7, down, 30*time.Second, time.Minute)
	f(1000, down, 30*time.Second, time.Minute)
	f(1000, &refusal{status: 401}, 150*time.Second, 5*time.Minute)
	f(1000, &refusal{status: 429}, 30*time.Second, time.Minute)
	f(1, &refusal{status: 429, after: 90 * time.Second}, 90*time.Second, 90*time.Second)
	f(1, &refusal{status: 503, after: time.Hour}, refusedPause, refusedPause)
}

func TestSum(t *testing.T) {
	specs := []Spec{
		OAuth{TokenURL: "a"}, OAuth{ClientID: "a"}, OAuth{Secret: NewSecret("a")}, OAuth{TokenURL: "a", Basic: true},
		IBM{Key: NewSecret("a")}, Entra{Tenant: "a"}, Entra{Secret: NewSecret("a")}, EntraIdentity{}, EntraDefault{},
		Google{JSON: NewSecret("a")}, GoogleDefault{}, GoogleMetadata{}, AWSStatic{AccessKey: "a"}, AWSDefault{}, AWSDefault{Profile: "a"},
		AWSRole{Base: AWSDefault{}}, AWSRole{Base: AWSStatic{}}, AWSRole{Base: AWSDefault{}, ARN: "a"}, AWSIdentity{ARN: "a"},
	}
	seen := map[[32]byte]Spec{}
	for _, s := range specs {
		sum := Sum(s)
		if other, taken := seen[sum]; taken {
			t.Errorf("%T%+v and %T%+v have one sum", s, s, other, other)
		}
		seen[sum] = s
	}
	if one, two := (Entra{Secret: NewSecret("a")}), (Entra{Secret: NewSecret("a")}); Sum(one) != Sum(two) {
		t.Error("equal specs have different sums")
	}
}
