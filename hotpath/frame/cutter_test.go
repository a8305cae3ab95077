package frame

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unsafe"
)

// A block is what a test keeps of one Next.
type block struct {
	raw, data, event, id, retry string
	hasID, comment              bool
}

// cut feeds the pieces to c, and ends the stream.
func cut(c *Cutter, pieces ...[]byte) (blocks []block, err error) {
	take := func(raw []byte, ev Event) {
		blocks = append(blocks, block{string(raw), string(ev.Data), string(ev.Type), string(ev.ID), string(ev.Retry), ev.ID != nil, ev.Comment})
	}
	for _, src := range pieces {
		for {
			raw, ev, n, err := c.Next(src)
			if err != nil {
				return blocks, err
			}
			src = src[n:]
			if raw == nil {
				if len(src) > 0 {
					panic("BUG: bytes are left and nothing was said")
				}
				break
			}
			take(raw, ev)
		}
	}
	if raw, ev := c.Last(); raw != nil {
		take(raw, ev)
	}
	return blocks, nil
}

// splits checks that stream gives the same blocks split at every byte, at
// every two nearby ones, and byte by byte, and returns them.
func splits(t *testing.T, stream string) []block {
	t.Helper()
	whole, err := cut(new(Cutter), []byte(stream))
	if err != nil {
		t.Fatalf("%.80q: %v", stream, err)
	}
	check := func(how string, pieces ...[]byte) {
		t.Helper()
		got, err := cut(new(Cutter), pieces...)
		if err != nil || !slices.Equal(got, whole) {
			t.Errorf("%.80q %s: got %+v, %v, want %+v", stream, how, got, err, whole)
		}
	}
	b := []byte(stream)
	for i := range b {
		check(fmt.Sprint("at ", i), b[:i], b[i:])
		j := min(i+1+i%3, len(b))
		check(fmt.Sprint("at ", i, j), b[:i], b[i:j], b[j:])
	}
	var bytewise [][]byte
	for i := range b {
		bytewise = append(bytewise, b[i:i+1], nil)
	}
	check("byte by byte", bytewise...)
	var all strings.Builder
	for _, bl := range whole {
		all.WriteString(bl.raw)
	}
	if !strings.HasPrefix(stream, all.String()) {
		t.Errorf("%.80q: the blocks end to end are not the stream: %q", stream, all.String())
	}
	return whole
}

func TestCutter(t *testing.T) {
	// want lists the dispatched events: name=data.
	f := func(stream string, want ...string) {
		t.Helper()
		var got []string
		for _, b := range splits(t, stream) {
			if !b.comment {
				got = append(got, b.event+"="+b.data)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", stream, got, want)
		}
	}
	f("data: hello\n\n", "=hello")
	f("data: a\ndata: b\n\n", "=a\nb")
	f("data:\n\n", "=")
	f("data\ndata\n\n", "=\n")
	f("data: a\n\ndata: lost\n", "=a")
	f("data: a\n\ndata: lost", "=a")
	f("data: a\r\n\r\n", "=a")
	f("data: a\r\r", "=a")
	f("data: a\r\rdata: b\r\n\r\n", "=a", "=b")
	f("data: a\r\n\ndata: b\n\rdata: c\r\r\n", "=a", "=b", "=c")
	f("data: a\n\r", "=a")
	f("data: a\r\n\r", "=a")
	f("data: a\r\r\n\ndata: b\r\r\ndata: c\n\n", "=a", "=b", "=c")
	f("\xef\xbb\xbfdata: a\n\n", "=a")
	f("\xef\xbb\xbf\ndata: a\n\n", "=a")
	f("\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n", "=b")
	f("data: a\n\n\xef\xbb\xbfdata: b\n\n", "=a")
	f(": ping\n\n:\n\ndata: a\n\n", "=a")
	f("data:  a\n\ndata:\ta\n\n", "= a", "=\ta")
	f("event: e\ndata: 1\n\ndata: 2\n\n", "e=1", "=2")
	f("event: ping\n\ndata: a\n\n", "=a")
	f("event: a\nevent: b\ndata: 1\n\n", "b=1")
	f("foo: bar\nDATA: x\n data: y\ndatax: z\ndata: a\n\n", "=a")
	f("data: a\x0bb\x0cc\x00\xff\n\n", "=a\x0bb\x0cc\x00\xff")
	f("\n\n\r\r\n\ndata: a\n\n\n\n", "=a")
	f("data: [DONE] \n\n", "=[DONE] ")
	f("{\"error\":{}}")
	f("")
	f("data: "+strings.Repeat("x", 3000)+"\r\ndata: "+strings.Repeat("y", 3000)+"\r\n\r\n",
		"="+strings.Repeat("x", 3000)+"\n"+strings.Repeat("y", 3000))
}

func TestFields(t *testing.T) {
	f := func(stream string, want block) {
		t.Helper()
		want.raw = stream
		if got := splits(t, stream); len(got) != 1 || got[0] != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	f("id: 1\nretry: 30\n\n", block{id: "1", hasID: true, retry: "30", comment: true})
	f("id\ndata: a\n\n", block{hasID: true, data: "a"})
	f("id: 1\nid: 2\x003\nretry: 3s\nretry:\nretry: -1\n\n", block{id: "1", hasID: true, comment: true})
	f(":id: 1\n\n", block{comment: true})
}

func TestRawAliases(t *testing.T) {
	var c Cutter
	src := []byte("data: a\n\ndata: b\ndata: c\n\ndata: par")
	raw, ev, n, _ := c.Next(src)
	if n != 9 || &raw[0] != &src[0] || &ev.Data[0] != &src[6] || cap(raw) != 9 {
		t.Error("a whole event was copied, or leaves room to append into the next")
	}
	raw, ev, m, _ := c.Next(src[n:])
	if &raw[0] != &src[n] || string(ev.Data) != "b\nc" || c.Pending() != 0 {
		t.Errorf("got %q, %q, pending %d", raw, ev.Data, c.Pending())
	}
	if raw, _, k, _ := c.Next(src[n+m:]); raw != nil || k != 9 || c.Pending() != 9 {
		t.Errorf("got %q, %d, pending %d", raw, k, c.Pending())
	}
	raw, ev, _, _ = c.Next([]byte("tial\n\n"))
	if string(raw) != "data: partial\n\n" || string(ev.Data) != "partial" || c.Pending() != 0 {
		t.Errorf("got %q, %q", raw, ev.Data)
	}
	if c.Next(nil); c.buf != nil {
		t.Error("the buffer was not given back")
	}
}

// TestHooks lends buffers and checks that each comes back once, and that none
// is held without a partial event.
func TestHooks(t *testing.T) {
	lent := map[*byte]bool{}
	var c Cutter
	c.Grow = func(old []byte, need int) []byte {
		b := make([]byte, len(old), need+need/4)
		copy(b, old)
		if cap(old) > 0 {
			delete(lent, unsafe.SliceData(old))
			for i := range old {
				old[i] = '!' // whoever still reads it will show
			}
		}
		lent[unsafe.SliceData(b)] = true
		return b
	}
	c.Free = func(b []byte) {
		if !lent[unsafe.SliceData(b)] {
			t.Error("a buffer came back that was not lent")
		}
		delete(lent, unsafe.SliceData(b))
		clear(b)
	}
	stream := []byte(strings.Repeat("event: x\ndata: some data\ndata: more\nid: 7\n\ndata: one line\n\n", 5))
	for step := 1; step < 80; step++ {
		var pieces [][]byte
		for i := 0; i < len(stream); i += step {
			pieces = append(pieces, stream[i:min(i+step, len(stream))])
		}
		got, err := cut(&c, pieces...)
		if len(got) != 10 || err != nil || got[8].data != "some data\nmore" || got[8].event != "x" || got[8].id != "7" || got[9].data != "one line" {
			t.Fatalf("step %d: got %+v, %v", step, got, err)
		}
		c.Reset()
		if len(lent) != 0 {
			t.Fatalf("step %d: %d buffers are still lent", step, len(lent))
		}
	}
}

func TestLimit(t *testing.T) {
	f := func(n int, ok bool) {
		t.Helper()
		stream := []byte("data: a\n\ndata: " + strings.Repeat("x", n-8) + "\n\ndata: b\n\n")
		for _, step := range []int{1, 7, 64, len(stream)} {
			c := Cutter{Limit: 100}
			var pieces [][]byte
			for i := 0; i < len(stream); i += step {
				pieces = append(pieces, stream[i:min(i+step, len(stream))])
			}
			got, err := cut(&c, pieces...)
			if ok != (err == nil) || ok && len(got) != 3 || !ok && (len(got) != 1 || err != ErrEventTooLarge) {
				t.Errorf("%d bytes by %d: got %d blocks, %v", n, step, len(got), err)
			}
			if _, _, _, again := c.Next([]byte("\n\n")); !ok && again != ErrEventTooLarge {
				t.Error("the error does not stay")
			}
			c.Reset()
			if raw, _, _, err := c.Next([]byte("data: c\n\n")); raw == nil || err != nil {
				t.Error("Reset does not begin anew")
			}
		}
	}
	f(99, true)
	f(100, true)
	f(101, false)
	f(500, false)
}

func TestDefaultLimit(t *testing.T) {
	var c Cutter
	piece := bytes.Repeat([]byte("x"), 1<<20)
	c.Next([]byte("data: "))
	for i := range MaxEvent/len(piece) + 1 {
		if _, _, _, err := c.Next(piece); (err != nil) != (i == MaxEvent/len(piece)-1) {
			t.Fatalf("after %d MiB: %v", i+1, err)
		} else if err != nil {
			break
		}
	}
}

func TestSize(t *testing.T) {
	if n := unsafe.Sizeof(Cutter{}); n > 64 {
		t.Errorf("Cutter is %d bytes; a stream may spend 64", n)
	}
}

func TestTail(t *testing.T) {
	f := func(stream, wantRaw, wantData string) {
		t.Helper()
		for i := range len(stream) + 1 {
			var c Cutter
			for _, piece := range [][]byte{[]byte(stream[:i]), []byte(stream[i:])} {
				for {
					raw, _, n, err := c.Next(piece)
					if err != nil {
						t.Fatal(err)
					}
					if piece = piece[n:]; raw == nil {
						break
					}
				}
			}
			raw, ev := c.Tail()
			if string(raw) != wantRaw || string(ev.Data) != wantData {
				t.Errorf("%q split at %d: got %q, %q", stream, i, raw, ev.Data)
			}
			if raw, _ := c.Tail(); raw != nil || c.Pending() != 0 {
				t.Errorf("%q split at %d: a second tail %q", stream, i, raw)
			}
		}
	}
	f("data: a\n\n", "", "")
	f("", "", "")
	f("data: a\n\ndata: b", "data: b\n\n", "b")
	f("data: a\n\ndata: b\n", "data: b\n\n", "b")
	f("data: a\r\n\r\nevent: e\r\ndata: b\r\n", "event: e\r\ndata: b\r\n\n", "b")
	f("data: b\ndata: c", "data: b\ndata: c\n\n", "b\nc")
	f("\xef\xbb\xbfdata: b", "\xef\xbb\xbfdata: b\n\n", "b")
}
