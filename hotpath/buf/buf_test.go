package buf

import "testing"

func TestTakeHasRoom(t *testing.T) {
	var l List
	for _, n := range []int{0, 1, 511, 512, 513, 4096, 128 << 10, 128<<10 + 1, 20 << 20} {
		b := l.Take(n)
		if len(b) != 0 || cap(b) < n {
			t.Errorf("Take(%d): len %d cap %d", n, len(b), cap(b))
		}
		l.Give(b)
	}
	if l.Taken != 0 {
		t.Errorf("got %d buffers out; want 0", l.Taken)
	}
}

func TestGiveIsReused(t *testing.T) {
	var l List
	b := l.Take(1000)
	p := &b[:1][0]
	l.Give(b)
	if c := l.Take(600); &c[:1][0] != p {
		t.Error("a buffer given back was not lent again")
	}
}

func TestKeepsNoMoreThanItsBound(t *testing.T) {
	var l List
	var out [][]byte
	for range maxKept/(128<<10) + 10 {
		out = append(out, l.Take(128<<10))
	}
	for _, b := range out {
		l.Give(b)
	}
	if got, want := len(l.free[classes-1]), maxKept/(128<<10); got != want {
		t.Errorf("kept %d buffers of 128 KiB; want %d", got, want)
	}
	l.Trim()
	if got, want := len(l.free[classes-1]), maxKept/(128<<10)/2; got != want {
		t.Errorf("kept %d buffers after Trim; want %d", got, want)
	}
}

func TestGrowKeepsBytes(t *testing.T) {
	var s Shared
	b := append(s.Take(10), "0123456789"...)
	b = s.Grow(b, 5000)
	if string(b) != "0123456789" || cap(b)-len(b) < 5000 {
		t.Errorf("got %q with %d free", b, cap(b)-len(b))
	}
	s.Give(b)
	if n := s.Taken(); n != 0 {
		t.Errorf("got %d buffers out; want 0", n)
	}
}
