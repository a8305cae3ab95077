package frame

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"asbru/core/eventstream"
)

// cutMessages feeds the pieces to c and returns what it says of each message, its bytes
// at the front.
func cutMessages(c *MessageCutter, pieces ...[]byte) (out []string, err error) {
	for _, src := range pieces {
		for {
			raw, m, n, err := c.Next(src)
			if err != nil {
				return out, err
			}
			src = src[n:]
			if raw == nil {
				if len(src) > 0 {
					panic("BUG: bytes are left and nothing was said")
				}
				break
			}
			out = append(out, string(raw), string(rune('0'+m.Kind))+string(m.Type)+" "+string(m.Payload))
		}
	}
	return out, nil
}

// messages is a stream with one of each kind.
func messages() []byte {
	b := eventstream.Append(nil, eventstream.Event, "messageStart", []byte(`{"role":"assistant"}`))
	b = eventstream.Append(b, eventstream.Event, "metadata", nil)
	b = eventstream.Append(b, eventstream.Exception, "throttlingException", []byte(`{"message":"slow"}`))
	return eventstream.Append(b, eventstream.Failure, "Oops", []byte(`{}`))
}

func TestMessageCutter(t *testing.T) {
	stream := messages()
	whole, err := cutMessages(new(MessageCutter), stream)
	said := []string{}
	var all []byte
	for i := 0; i+1 < len(whole); i += 2 {
		all = append(all, whole[i]...)
		said = append(said, whole[i+1])
	}
	want := []string{`0messageStart {"role":"assistant"}`, "0metadata ", `1throttlingException {"message":"slow"}`, "2Oops {}"}
	if err != nil || !slices.Equal(said, want) || !bytes.Equal(all, stream) {
		t.Fatalf("got %q, %v, want %q", said, err, want)
	}
	var bytewise [][]byte
	for i := range stream {
		bytewise = append(bytewise, stream[i:i+1], nil)
		for _, pieces := range [][][]byte{{stream[:i], stream[i:]}, {stream[:i], stream[i : i+(len(stream)-i)/2], nil, stream[i+(len(stream)-i)/2:]}} {
			if got, err := cutMessages(new(MessageCutter), pieces...); err != nil || !slices.Equal(got, whole) {
				t.Errorf("split at %d: got %q, %v", i, got, err)
			}
		}
	}
	if got, err := cutMessages(new(MessageCutter), bytewise...); err != nil || !slices.Equal(got, whole) {
		t.Errorf("byte by byte: got %q, %v", got, err)
	}
}

func TestMessageCutterErrors(t *testing.T) {
	f := func(stream []byte, want error) {
		t.Helper()
		for i := range len(stream) + 1 {
			var c MessageCutter
			_, err := cutMessages(&c, stream[:i], stream[i:])
			if !errors.Is(err, want) {
				t.Errorf("split at %d: %v, want %v", i, err, want)
			}
			if _, _, n, again := c.Next(messages()); n != 0 || !errors.Is(again, want) {
				t.Errorf("split at %d: the error did not stay: %d, %v", i, n, again)
			}
			c.Reset()
			if out, err := cutMessages(&c, messages()); len(out) != 8 || err != nil || c.Pending() != 0 {
				t.Errorf("after Reset: %q, %v, %d pending", out, err, c.Pending())
			}
		}
	}
	bad := messages()
	bad[20] ^= 1 // within the first message
	f(bad, eventstream.ErrCorrupt)
	bad = messages()
	bad[2] ^= 1 // its length
	f(bad, eventstream.ErrCorrupt)
}

// The store is asked for what has come, never for what a message says it will be.
func TestMessageCutterGrows(t *testing.T) {
	most, freed := 0, 0
	c := MessageCutter{Store: Store{
		Grow: func(old []byte, need int) []byte {
			most = max(most, need)
			return append(make([]byte, 0, need), old...)
		},
		Free: func([]byte) { freed++ },
	}}
	big := eventstream.Append(nil, eventstream.Event, "chunk", make([]byte, 1<<20))
	if _, err := cutMessages(&c, big[:100]); err != nil || most > 100 || c.Pending() != 100 {
		t.Errorf("asked for %d bytes for 100, %d pending, %v", most, c.Pending(), err)
	}
	if out, err := cutMessages(&c, big[100:]); err != nil || len(out) != 2 || freed != 1 || c.Pending() != 0 {
		t.Errorf("%d messages, %v; %d buffers came back, %d bytes pending", len(out)/2, err, freed, c.Pending())
	}
}

// FuzzMessageCutter: the pieces a stream comes in do not matter, and no byte is lost or moved.
func FuzzMessageCutter(f *testing.F) {
	f.Add(messages(), uint8(0))
	f.Add(messages(), uint8(12))
	f.Fuzz(func(t *testing.T, stream []byte, step uint8) {
		whole, err := cutMessages(new(MessageCutter), stream)
		split, err2 := cutMessages(new(MessageCutter), slices.Collect(slices.Chunk(stream, int(step)+1))...)
		if !slices.Equal(whole, split) || !errors.Is(err2, err) {
			t.Fatalf("whole %q, %v; by %d %q, %v", whole, err, step+1, split, err2)
		}
		at := 0
		for i := 0; i < len(whole); i += 2 {
			if !bytes.HasPrefix(stream[at:], []byte(whole[i])) {
				t.Fatalf("the messages end to end are not the stream: %q", whole)
			}
			at += len(whole[i])
		}
	})
}
