package selftest

import (
	"fmt"
	"sort"
	"strings"
)

// compareRequest compares the request that reached the provider with the client's.
func (e *exchange) compareRequest(c *Cell) {
	sent, err := (&reply{body: e.sent[0].Body}).object()
	if err != nil {
		c.fail("the provider was sent what is no JSON: %v", err)
		return
	}
	if e.sent[0].Stream != e.t.stream {
		c.fail("the provider was asked for a stream: %v", e.sent[0].Stream)
	}
	muted := e.up.muted
	for _, name := range strings.Split(e.reply.head.Get("X-Bf-Dropped-Params"), ", ") {
		if name != "" && e.door.name != e.up.name {
			c.lose("tells that it drops %s", name)
			muted += " " + name + " " // it is reported as dropped, so not a failure
		}
	}
	compare(c, "request", e.door.asked(e.asked), e.up.asked(sent), muted)
}

// compareReply compares the client's answer with the provider's. It returns nil if the conversation cannot be
// continued.
func (r *run) compareReply(c *Cell, e *exchange) *said {
	direct, err := r.truth(&e.sent[0])
	r.o.Provider.Take()
	if err != nil || direct.status != 200 || direct.broken != nil {
		c.fail("the provider does not answer the same request again: %v %+v", err, direct)
		return nil
	}
	want, ok := e.up.read(c, direct, e.t.stream)
	if !ok || len(want.wrong) > 0 {
		c.fail("the stand-in provider is wrong: %s", strings.Join(want.wrong, "; "))
		return nil
	}
	if e.reply.broken != nil {
		c.fail("the reply breaks off: %v", e.reply.broken)
		return nil
	}
	got, ok := e.door.read(c, e.reply, e.t.stream)
	if !ok {
		return nil
	}
	for _, w := range got.wrong {
		c.fail("the reply is not right: %s", w)
	}
	if !got.ended {
		c.fail("the reply does not end")
	}
	if got.fault != nil {
		c.fail("the reply ends with an error: %s", got.fault.message)
	}
	want.items, got.items = joined(want.items), joined(got.items)
	compare(c, "reply", want.facts, got.facts, e.door.deaf)
	return got
}

// read reads a reply of format f.
func (f *format) read(c *Cell, r *reply, stream bool) (*said, bool) {
	kind := strings.ToLower(r.head.Get("Content-Type"))
	if stream {
		want := "text/event-stream"
		if f.framed {
			want = "application/vnd.amazon.eventstream"
		}
		if !strings.HasPrefix(kind, want) {
			c.fail("a stream of %s has the type %q", f.name, kind)
			return nil, false
		}
		return f.heard(r), true
	}
	d, err := r.object()
	if err != nil || !strings.HasPrefix(kind, "application/json") {
		c.fail("a reply of type %q: %v", kind, err)
		return nil, false
	}
	return f.told(d), true
}

// compare compares facts. dumb names the facts that a format does not have.
func compare(c *Cell, where string, want, got *facts, dumb string) {
	mute := func(word string) bool { return strings.Contains(dumb, " "+word+" ") }
	compareItems(c, where, want.items, got.items, mute)
	var names []string
	for name := range want.values {
		names = append(names, name)
	}
	for name := range got.values {
		if _, ok := want.values[name]; !ok {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	for _, name := range names {
		a, b := want.values[name], got.values[name]
		word := strings.TrimPrefix(name, "usage ")
		switch {
		case a == b:
		case b == "" && mute(word):
			c.lose("%s loses %s", where, name)
		case b == "":
			c.fail("%s loses %s: %s", where, name, a)
		case a == "":
			c.fail("%s invents %s: %s", where, name, b)
		default:
			c.fail("%s: %s is %s, not %s", where, name, b, a)
		}
	}
}

// joined joins consecutive texts, which citations split in some formats; the citations follow the text.
func joined(items []string) (out []string) {
	last := -1 // of the text in out
	for _, it := range items {
		kind, rest, _ := strings.Cut(it, ": ")
		switch {
		case kind == "text" && last >= 0:
			out[last] += rest
			continue
		case kind == "text":
			last = len(out)
		case kind != "cite":
			last = -1
		}
		out = append(out, it)
	}
	return out
}

// compareItems compares both conversations item by item.
func compareItems(c *Cell, where string, want, got []string, mute func(string) bool) {
	j := 0
	for _, w := range want {
		if j < len(got) && got[j] == w {
			j++
			continue
		}
		kind, rest, _ := strings.Cut(w, ": ")
		word, _, _ := strings.Cut(rest, " ")
		if mute(kind) || kind == "file" && mute(word) {
			if kind == "file" {
				kind = word
			}
			c.lose("%s loses %s", where, kind)
			continue
		}
		now := "nothing"
		if j < len(got) {
			now = fmt.Sprintf("%q", got[j])
		}
		c.fail("%s: %s instead of %q", where, now, w)
		return
	}
	if j < len(got) {
		c.fail("%s: %q is too much", where, got[j])
	}
}

// checkError checks the answer if the provider answered with an error.
func checkError(_ *run, c *Cell, e *exchange) {
	checkFault(c, e, 429, "Rate limit reached")
	// Google has it in the body, which is passed on unchanged.
	if s := e.reply.head.Get("Retry-After"); s != "7" && (e.door.name != e.up.name || e.door.name != "gemini") {
		c.fail("retry-after is %q, not 7", s)
	}
	if c.Grade == Failed {
		return
	}
	kinds := map[string]string{"anthropic": "rate_limit_error", "gemini": "RESOURCE_EXHAUSTED", "converse": "ThrottlingException", "invoke": "ThrottlingException"}
	if f := e.door.failed(e.reply); !strings.HasPrefix(f.kind, kinds[e.door.name]) {
		c.fail("the kind of the error is %q", f.kind)
	}
}

func checkFault(c *Cell, e *exchange, status int, says string) {
	f := e.door.failed(e.reply)
	head := map[string]string{"anthropic": "Request-Id", "converse": "X-Amzn-Requestid", "invoke": "X-Amzn-Requestid"}[e.door.name]
	switch {
	case e.reply.status != status:
		c.fail("status %d instead of %d: %s", e.reply.status, status, short(e.reply.body))
	case f == nil:
		c.fail("no error of the format: %s", short(e.reply.body))
	case !strings.Contains(f.message, says):
		c.fail("the message is %q, without %q", f.message, says)
	case e.reply.head.Get("X-Request-Id") == "":
		c.fail("no x-request-id")
	case head != "" && e.reply.head.Get(head) == "":
		c.fail("no %s", strings.ToLower(head))
	}
}

// checkBroken checks a stream in which the provider sent an error.
func checkBroken(_ *run, c *Cell, e *exchange) {
	if !e.t.stream {
		checkFault(c, e, 503, "overloaded")
		return
	}
	got, ok := e.door.read(c, e.reply, true)
	switch {
	case !ok:
	case got.ended:
		c.fail("the stream ends as if it were whole")
	case got.fault == nil:
		c.fail("the stream tells no error")
	case !strings.Contains(strings.ToLower(got.fault.message), "overloaded"):
		c.fail("the error of the stream says %q", got.fault.message)
	}
}

// checkCut checks a reply whose provider closed the connection: it must not look complete.
func checkCut(_ *run, c *Cell, e *exchange) {
	if !e.t.stream {
		if e.reply.broken == nil && e.reply.status == 200 {
			c.fail("half a reply is told as a whole one: %s", short(e.reply.body))
		}
		if e.reply.status != 200 {
			checkFault(c, e, e.reply.status, "")
		}
		return
	}
	got, ok := e.door.read(c, e.reply, true)
	switch {
	case !ok:
	case got.ended:
		c.fail("the stream ends as if it were whole")
	case got.fault == nil && e.reply.broken == nil && e.door.name != e.up.name: // a door's own format is passed on unchanged
		c.fail("the stream ends in silence")
	}
}
