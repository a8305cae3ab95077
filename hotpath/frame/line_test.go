package frame

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

// cutLines feeds the pieces to c, ends the stream, and returns each line with its bytes
// in front.
func cutLines(c *LineCutter, pieces ...[]byte) (out []string, err error) {
	for _, src := range pieces {
		for {
			raw, line, n, err := c.Next(src)
			if err != nil {
				return out, err
			}
			src = src[n:]
			if raw == nil {
				break
			}
			out = append(out, string(raw), string(line))
		}
	}
	if raw, line := c.Last(); raw != nil {
		out = append(out, string(raw), string(line))
	}
	return out, nil
}

func TestLineCutter(t *testing.T) {
	f := func(stream string, want ...string) {
		t.Helper()
		for i := range len(stream) + 1 {
			got, err := cutLines(new(LineCutter), []byte(stream[:i]), nil, []byte(stream[i:]))
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%q split at %d: got %q, %v, want %q", stream, i, got, err, want)
			}
		}
	}
	f("")
	f("{}\n", "{}\n", "{}")
	f("{\"a\":1}\r\n [2] \n", "{\"a\":1}\r\n", "{\"a\":1}", " [2] \n", "[2]")
	f("\n\r\n1", "\n", "", "\r\n", "", "1", "1")
}

func TestLineCutterTooLong(t *testing.T) {
	var c LineCutter
	long := []byte(strings.Repeat("x", MaxEvent))
	if _, err := cutLines(&c, long[:10], long[10:], []byte("\n")); !errors.Is(err, ErrEventTooLarge) {
		t.Errorf("got %v", err)
	}
	if _, _, _, err := c.Next(nil); !errors.Is(err, ErrEventTooLarge) {
		t.Errorf("the error did not stay: %v", err)
	}
	c.Reset()
	if out, err := cutLines(&c, []byte("1\n")); len(out) != 2 || err != nil {
		t.Errorf("after Reset: %q, %v", out, err)
	}
}

// FuzzLineCutter holds the cuts against a split of the whole stream.
func FuzzLineCutter(f *testing.F) {
	f.Add([]byte("{}\r\n\n[1]"), uint8(1))
	f.Fuzz(func(t *testing.T, stream []byte, step uint8) {
		got, err := cutLines(new(LineCutter), slices.Collect(slices.Chunk(stream, int(step)+1))...)
		var want []string
		for raw := range bytes.Lines(stream) {
			want = append(want, string(raw), strings.Trim(string(raw), " \r\n\t"))
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q by %d: got %q, %v, want %q", stream, step+1, got, err, want)
		}
	})
}
