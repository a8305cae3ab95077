package http1

import (
	"strings"
	"testing"
	"unsafe"
)

// decode feeds src to c in pieces of at most step bytes and returns the data,
// the bytes used and how it ended.
func decode(c *Chunks, src []byte, step int) (data []byte, used int, done bool, err error) {
	for used < len(src) {
		piece := src[used:min(used+step, len(src))]
		for {
			p, n, d, e := c.Next(piece)
			data, used, piece = append(data, p...), used+n, piece[n:]
			if d || e != nil {
				return data, used, d, e
			}
			if p == nil {
				break
			}
		}
		if len(piece) > 0 {
			panic("BUG: bytes are left and nothing was said")
		}
	}
	return data, used, false, nil
}

func TestChunks(t *testing.T) {
	f := func(src, want string, strict bool) {
		t.Helper()
		for step := 1; step <= len(src)+1; step++ {
			c := Chunks{Strict: strict}
			data, used, done, err := decode(&c, []byte(src+"next"), step)
			if string(data) != want || used != len(src) || !done || err != nil {
				t.Errorf("%q by %d: got %q, used %d, done %v, %v", src, step, data, used, done, err)
				return
			}
			if _, n, done, err := c.Next([]byte("next")); n != 0 || !done || err != nil {
				t.Errorf("%q: done does not stay", src)
			}
		}
	}
	f("0\r\n\r\n", "", true)
	f("5\r\nhello\r\n0\r\n\r\n", "hello", true)
	f("A\r\n0123456789\r\n1\r\na\r\n0\r\n\r\n", "0123456789a", true)
	f("a\r\n\r\n\r\n\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n\r\n\r\n\r\n", true)
	f("5\r\nhello\r\n0\r\nX-T: 1\r\nAuthorization:\tBearer \xff\r\n\r\n", "hello", true)
	f("005\r\nhello\r\n000\r\n\r\n", "hello", false)
	f("5;name=val\r\nhello\r\n0;x=y\r\n\r\n", "hello", false)
	f("5;n=\"a;\\\"b\xc3\"; a\r\nhello\r\n0\r\n\r\n", "hello", false)
	f("5;\r\nhello\r\n0\r\n\r\n", "hello", false)
}

func TestChunksRefused(t *testing.T) {
	f := func(src string, want fault, strict bool) {
		t.Helper()
		table := &replyRefusals
		if strict {
			table = &requestRefusals
		}
		for _, step := range []int{1, 2, 3, 7, len(src)} {
			c := Chunks{Strict: strict}
			_, _, done, err := decode(&c, []byte(src), step)
			if done || err != &table[want] {
				t.Errorf("%.80q by %d: got done=%v err=%v, want %q", src, step, done, err, table[want].Reason)
				return
			}
			if _, n, done, again := c.Next([]byte("0\r\n\r\n")); n != 0 || done || again != err {
				t.Errorf("%.80q: the refusal does not stay", src)
			}
		}
	}
	for _, strict := range []bool{true, false} {
		for _, size := range []string{"0x5", "", " 5", "5 ", "+5", "-5", "5xyz", "g", "\t5", "5\t", "\x005", "_5", ";a"} {
			f(size+"\r\nhello\r\n0\r\n\r\n", badChunkSize, strict)
		}
		f("\n5\nhello\n0\n\n", badChunkSize, strict)
		f("5\nhello\r\n0\r\n\r\n", badChunkSize, strict)
		f("5\r\r\nhello\r\n0\r\n\r\n", bareLineEnd, strict)
		f("5\r;a\r\nhello\r\n0\r\n\r\n", bareLineEnd, strict)
		f("10000000000000005\r\nhello", hugeChunk, strict)
		f("80000001\r\nhello", hugeChunk, strict)
		f("5\r\nhello0\r\n\r\n", badChunkEnd, strict)
		f("5\r\nhello\n0\r\n\r\n", badChunkEnd, strict)
		f("5\r\nhelloXX0\r\n\r\n", badChunkEnd, strict)
		f("4\r\nhello\r\n0\r\n\r\n", badChunkEnd, strict)
		f("5\r\nhello\r\n0\n\n", badChunkSize, strict)
		f("0\r\n\n", badTrailer, strict)
		f("0\r\n\rX", badTrailer, strict)
		f("0\r\nX: a\r\n b\r\n\r\n", badTrailer, strict)
		f("0\r\nX : a\r\n\r\n", badTrailer, strict)
		f("0\r\n: a\r\n\r\n", badTrailer, strict)
		f("0\r\nX: a\x00\r\n\r\n", badTrailer, strict)
		f("0\r\nX: a\nY: b\r\n\r\n", badTrailer, strict)
		f("0\r\nX\r\n\r\n", badTrailer, strict)
		f("0\r\nX: "+strings.Repeat("a", MaxTrailer)+"\r\n\r\n", longTrailer, strict)
	}
	f("5;name=val\r\nhello\r\n0\r\n\r\n", badExtension, true)
	f("05\r\nhello\r\n0\r\n\r\n", badChunkSize, true)
	f("5\r\nhello\r\n00\r\n\r\n", badChunkSize, true)
	f("5;\nxx\r\nhello\r\n0\r\n\r\n", badExtension, false)
	f("5;a\rb\r\nhello\r\n0\r\n\r\n", bareLineEnd, false)
	f("5;a=\x00\r\nhello\r\n0\r\n\r\n", badExtension, false)
	f("5;a=\"\r\n\"\r\nhello\r\n0\r\n\r\n", badExtension, false)
	f("5;"+strings.Repeat("a", MaxSizeLine)+"\r\nhello\r\n0\r\n\r\n", longSizeLine, false)
	f(strings.Repeat("1;"+strings.Repeat("b", 200)+"\r\na\r\n", 50), manyExtensions, false)
}

func TestChunkSizeLimit(t *testing.T) {
	var c Chunks
	p, n, done, err := c.Next([]byte("80000000\r\nabc"))
	if string(p) != "abc" || n != 13 || done || err != nil {
		t.Errorf("a chunk of %d bytes: got %q, %d, %v, %v", MaxChunk, p, n, done, err)
	}
}

func TestChunksTruncated(t *testing.T) {
	const src = "5\r\nhello\r\n0\r\nX: y\r\n\r\n"
	for i := range len(src) {
		var c Chunks
		if _, used, done, err := decode(&c, []byte(src[:i]), i+1); done || err != nil || used != i {
			t.Errorf("%q: got used=%d done=%v err=%v", src[:i], used, done, err)
		}
	}
}

func TestChunksSize(t *testing.T) {
	if n := unsafe.Sizeof(Chunks{}); n > 32 {
		t.Errorf("Chunks is %d bytes; a stream may spend 32", n)
	}
}

func TestAppendChunk(t *testing.T) {
	f := func(n uint64, size, decimal string) {
		t.Helper()
		if got := string(appendChunkSize(nil, n)); got != size {
			t.Errorf("got %q, want %q", got, size)
		}
		if got := string(AppendUint(nil, n)); got != decimal {
			t.Errorf("got %q, want %q", got, decimal)
		}
	}
	f(0, "0\r\n", "0")
	f(10, "a\r\n", "10")
	f(0x1f400, "1f400\r\n", "128000")
	f(1<<64-1, "ffffffffffffffff\r\n", "18446744073709551615")
}
