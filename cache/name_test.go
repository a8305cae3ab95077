package cache

import (
	"crypto/sha256"
	"hash/maphash"
	"strings"
	"testing"

	"asbru/cache/canon"
	"asbru/core"
)

// Two names are one question when the forms are the same, whichever of the keys was made.
func TestNames(t *testing.T) {
	seed := maphash.MakeSeed()
	a, b := []byte("what is asked"), []byte("what else is asked")
	f := func(one, other []byte, samePrint, want bool) {
		t.Helper()
		for made := range 4 {
			n, m := printed(seed, one), printed(seed, other)
			if samePrint {
				m.print = n.print
			}
			form, others := one, other
			if made&1 != 0 {
				n.know(one)
				form = nil
			}
			if made&2 != 0 {
				m.know(other)
				others = []byte{}
			}
			if got := n.is(form, &m, others); got != want {
				t.Errorf("%q is %q: %v, with keys made %b", one, other, got, made)
			}
		}
	}
	f(a, a, true, true)
	f(a, append([]byte{}, a...), false, true)
	f(a, b, false, false)
	f(a, b, true, false)
}

// Another question of the same print goes its own way: it neither waits nor is kept.
func TestSamePrint(t *testing.T) {
	r := newRig(t, Options{})
	x := r.exchange(asked{body: hello})
	r.start(x)
	lead := r.visitOf(x)
	y := r.exchange(asked{body: `{"model":"fast","messages":[{"role":"user","content":"goodbye"}]}`})
	v := newVisit(r.Cache)
	var form canon.Writer
	form.Word(canon.First, "another form")
	v.name, y.Watch = lead.f.name, v
	if got := v.join(y, &form); got != core.Continue || v.role != alone || lead.f.waiting.Load() != 0 {
		t.Errorf("verdict %v, role %v, %d wait", got, v.role, lead.f.waiting.Load())
	}
	r.end(y)
	x.Watch.Saw(x, []byte(greeted))
	r.end(x)
	r.idle()
	r.hits(asked{body: hello})
}

// A question that nobody asked before has no key until its answer is kept, one that is longer
// than an errand holds has it at once, and both are found again.
func TestKeyIsMadeLate(t *testing.T) {
	r := newRig(t, Options{})
	f := func(body string, late bool) {
		t.Helper()
		x := r.exchange(asked{body: body})
		want, _ := r.Key(x)
		r.start(x)
		v := r.visitOf(x)
		if v.f.known == late || (len(v.f.form) > 0) != late {
			t.Errorf("the key of %d bytes was made: %v; %d bytes of form", len(body), v.f.known, len(v.f.form))
		}
		if late && sha256.Sum256(v.f.form) != want || !late && v.f.key != want {
			t.Error("it is another key")
		}
		f := v.f
		x.Watch.Saw(x, []byte(greeted))
		r.end(x)
		eventually(t, "the memory is given back", func() bool {
			f.mu.Lock()
			defer f.mu.Unlock()
			return f.closed && f.tape == nil && f.form == nil
		})
		r.hits(asked{body: body})
		r.hits(asked{body: body, stream: true})
	}
	of := func(n int) string {
		return `{"model":"fast","messages":[{"role":"user","content":"` + strings.Repeat("All work and no play. ", n/22) + `"}]}`
	}
	f(of(1500), true)
	f(of(2*maxForm), false)
	f(hello, true)
}

// What others have seen of an answer stays theirs.
func TestTapeOfOthers(t *testing.T) {
	r := newRig(t, Options{})
	x, y := r.exchange(asked{body: hello}), r.exchange(asked{body: hello})
	r.start(x)
	f := r.visitOf(x).f
	if v := r.look(y); v != core.Wait || !r.visitOf(y).known {
		t.Fatalf("the second is told %v, and has a key: %v", v, r.visitOf(y).known)
	}
	x.Watch.Saw(x, []byte(greeted))
	r.end(x)
	if _, v := r.answered(y); v != core.Answer {
		t.Fatal(v)
	}
	r.end(y)
	r.idle()
	if string(f.tape) != greeted {
		t.Errorf("the tape is %q", f.tape)
	}
}
