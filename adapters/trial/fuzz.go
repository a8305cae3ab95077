// Package trial tests codecs of conversations: the laws that each of them must keep for any bytes,
// and the memory that one may allocate.
//
// It refuses to depend on a format, and to be part of the program.
package trial

import (
	"bytes"
	"runtime"
	"testing"

	"asbru/core"
	"asbru/core/scan"
)

const (
	perByte = 256       // bytes that may be allocated for each byte of input
	atLeast = 256 << 10 // bytes that may be allocated for any input
)

// Frugal reports an error if run allocates too much for the length of the input.
func Frugal(t *testing.T, input []byte, run func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run()
	runtime.ReadMemStats(&after)
	if got, most := after.TotalAlloc-before.TotalAlloc, uint64(len(input))*perByte+atLeast; got > most {
		t.Errorf("%d bytes of input took %d bytes", len(input), got)
	}
}

// Request checks that a request that was read and written again is valid, does not change if that is repeated, and
// can be written as if it came from another format.
func Request(t *testing.T, d *core.Dialect, chat *core.ChatCodec, b []byte) {
	t.Helper()
	var p core.Peek
	if d.Peek(b, core.OpChat, &p) != nil {
		return
	}
	form := core.NewChat()
	bad := true
	Frugal(t, b, func() { bad = chat.ParseRequest(form, b) != nil })
	if bad {
		return
	}
	send := &core.Send{Model: p.Model, Stream: p.Stream}
	once, fault := chat.AppendRequest(nil, form, send)
	if fault != nil {
		return
	}
	whole(t, once)
	again := core.NewChat()
	if fault := chat.ParseRequest(again, once); fault != nil {
		t.Fatalf("cannot read %s again: %v", once, fault)
	}
	if twice, _ := chat.AppendRequest(nil, again, send); !bytes.Equal(once, twice) {
		t.Errorf("not stable:\n%s\n%s", once, twice)
	}
	form.From = nil
	if other, fault := chat.AppendRequest(nil, form, send); fault == nil {
		whole(t, other)
	}
}

// Reply is Request for the body of a reply.
func Reply(t *testing.T, d *core.Dialect, chat *core.ChatCodec, b []byte) {
	t.Helper()
	var st core.StreamState
	var fault core.Fault
	d.ReadEvent(b, &st)
	d.ReadUsage(b, &st.Usage, nil)
	d.ReadFault(b, &fault)
	form := core.NewCompletion()
	bad := true
	Frugal(t, b, func() { bad = chat.ParseReply(form, b) != nil })
	if bad || scan.Valid(b) != nil {
		return
	}
	once := chat.AppendReply(nil, form, nil)
	whole(t, once)
	again := core.NewCompletion()
	if err := chat.ParseReply(again, once); err != nil {
		t.Fatalf("cannot read %s again: %v", once, err)
	}
	if twice := chat.AppendReply(nil, again, nil); !bytes.Equal(once, twice) {
		t.Errorf("not stable:\n%s\n%s", once, twice)
	}
	form.From = nil
	whole(t, chat.AppendReply(nil, form, nil))
}

// Events reads each line of b as an event and returns what is written for all of them. An event
// that cannot be read changes nothing. valid says that every line was JSON.
func Events(t *testing.T, chat *core.ChatCodec, b []byte) (written []byte, valid bool) {
	t.Helper()
	x := core.NewCrossing()
	valid = true
	Frugal(t, b, func() {
		var ev []core.Event
		for line := range bytes.SplitSeq(b, []byte("\n")) {
			blocks := len(x.Blocks)
			var err error
			if ev, err = chat.ParseEvent(ev[:0], x, nil, line); err != nil && (len(ev) != 0 || len(x.Blocks) != blocks) {
				t.Errorf("%s: an error and %d events", line, len(ev))
			}
			for i := range ev {
				written = chat.AppendEvent(written, x, &ev[i])
			}
		}
	})
	for line := range bytes.SplitSeq(b, []byte("\n")) {
		valid = valid && scan.Valid(line) == nil
	}
	return written, valid
}

func whole(t *testing.T, b []byte) {
	t.Helper()
	if err := scan.Valid(b); err != nil {
		t.Fatalf("wrote %s: %v", b, err)
	}
}
