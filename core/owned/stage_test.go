package owned

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"asbru/core"
)

// A memory is a book that can answer late.
type memory struct {
	has     map[core.ObjectRef]core.Object
	fails   error
	waiting []func() // answers that are due
	late    bool     // it answers when the test says so, and not at once
}

func (m *memory) soon(f func()) {
	if m.late {
		m.waiting = append(m.waiting, f)
		return
	}
	f()
}

func (m *memory) tell() {
	for len(m.waiting) > 0 {
		f := m.waiting[0]
		m.waiting = m.waiting[1:]
		f()
	}
}

func (m *memory) Find(refs []core.ObjectRef, told func([]core.Object, error)) {
	m.soon(func() {
		var out []core.Object
		for _, r := range refs {
			if o, ok := m.has[r]; ok {
				out = append(out, o)
			}
		}
		told(out, m.fails)
	})
}

func (m *memory) Any(provider, kind string, who core.Maker, told func(bool, error)) {
	is := false
	for r, o := range m.has {
		is = is || r.Provider == provider && r.Kind == kind && (o.Key == who.Key || who.Team != "" && o.Team == who.Team)
	}
	m.soon(func() { told(is, m.fails) })
}

func (m *memory) Keep(made, beside []core.Object, told func(error)) {
	m.soon(func() {
		for _, o := range made {
			m.has[o.ObjectRef] = o
		}
		for _, o := range beside {
			if _, ok := m.has[o.ObjectRef]; !ok {
				m.has[o.ObjectRef] = o
			}
		}
		told(m.fails)
	})
}

func (m *memory) Forget(refs []core.ObjectRef, told func(error)) {
	m.soon(func() {
		for _, r := range refs {
			delete(m.has, r)
		}
		told(m.fails)
	})
}

func (m *memory) Figures() []core.Figure { return nil }

type head struct{ method, path, query string }

func (h head) Field(name string) ([]byte, bool) { return []byte("beta-1"), name == "openai-beta" }
func (h head) Query() []byte                    { return []byte(h.query) }
func (h head) Method() []byte                   { return []byte(h.method) }
func (h head) Path() []byte                     { return []byte("/v1" + h.path) }

// call begins an exchange of key, which belongs to team.
func call(key, team, method, path, body string) *core.Exchange {
	path, query, _ := strings.Cut(path, "?")
	x := &core.Exchange{Snap: &core.Snapshot{}, Key: &core.VirtualKey{Name: key, Team: team}, Path: []byte(path), Body: []byte(body), Op: core.OpPass,
		From: &core.Dialect{}, Head: head{method, path, query}}
	x.Route = &core.Route{Targets: []*core.Target{{Provider: "p"}}}
	return x
}

// replies ends x with a reply.
func replies(t *testing.T, g *Steward, x *core.Exchange, status int, body string) {
	t.Helper()
	x.Begin(x.Route.Targets[0], nil).Status = status
	if x.Watch != nil {
		for len(body) > 0 {
			n := min(7, len(body))
			x.Watch.Saw(x, []byte(body[:n]))
			body = body[n:]
		}
	}
	if v := core.Run(x, []core.Stage{g.Settle()}); v != core.Continue {
		t.Errorf("its end is %d", v)
	}
	core.Conclude(x, []core.Stage{g.Keep()})
}

func file(id string) core.ObjectRef { return core.ObjectRef{Provider: "p", Kind: Files, ID: id} }

func TestWhatAReplySays(t *testing.T) {
	m := &memory{has: map[core.ObjectRef]core.Object{}}
	g := New(Options{Book: m})
	f := func(method, path, body string, status int, reply string) {
		t.Helper()
		x := call("a", "t", method, path, body)
		if v := core.Run(x, []core.Stage{g.Look()}); v != core.Continue {
			t.Fatalf("%s %s: %d %v", method, path, v, x.Fault)
		}
		replies(t, g, x, status, reply)
	}
	f("POST", "/files", "", 400, `{"id":"f0"}`)
	f("POST", "/files", "", 200, `{"id":"f1","bytes":1}`)
	if o := m.has[file("f1")]; len(m.has) != 1 || o.Key != "a" || o.Team != "t" {
		t.Fatalf("%+v", m.has)
	}
	f("POST", "/batches", `{"input_file_id":"f1"}`, 200, `{"id":"b1","output_file_id":null}`)
	f("GET", "/batches/b1", "", 200, `{"id":"b1","output_file_id":"out"}`)
	if o := m.has[file("out")]; o.Key != "a" {
		t.Errorf("%+v", o)
	}
	f("GET", "/files/f1/content", "", 200, `{"id":"f1","output_file_id":"theirs"}`)
	f("GET", "/files/f1", "", 200, `{"id":"f1","output_file_id":"theirs"}`)
	if _, ok := m.has[file("theirs")]; ok {
		t.Error("the content of a file makes a caller the owner of another file")
	}
	f("DELETE", "/files/f1", "", 500, "")
	if _, ok := m.has[file("f1")]; !ok {
		t.Error("a thing that still exists is forgotten")
	}
	f("DELETE", "/files/f1", "", 204, "")
	f("DELETE", "/files/out", "", 404, "")
	if len(m.has) != 1 {
		t.Errorf("%+v", m.has)
	}
}

// TestTheBookIsWaitedFor checks that a stage waits for the book, and continues once it has answered.
func TestTheBookIsWaitedFor(t *testing.T) {
	m := &memory{has: map[core.ObjectRef]core.Object{}, late: true}
	g := New(Options{Book: m})
	x := call("a", "", "POST", "/files", "")
	look, settle := []core.Stage{g.Look()}, []core.Stage{g.Settle()}
	if v := core.Run(x, look); v != core.Wait || x.Watch.Stays() {
		t.Fatalf("%d, stays %v", v, x.Watch.Stays())
	}
	if v := core.Run(x, look); v != core.Wait {
		t.Fatalf("%d before the book has answered", v)
	}
	m.tell()
	if v := core.Run(x, look); v != core.Continue || !x.Watch.Stays() {
		t.Fatalf("%d, stays %v", v, x.Watch.Stays())
	}
	x.Begin(x.Route.Targets[0], nil).Status = 200
	x.Watch.Saw(x, []byte(`{"id":"gone"}`))
	x.Watch.Anew(x)
	x.Watch.Saw(x, []byte(`{"id":"f1"}`))
	if v := core.Run(x, settle); v != core.Wait {
		t.Fatalf("%d before it is kept", v)
	}
	if v := core.Run(x, settle); v != core.Wait {
		t.Fatalf("%d before it is kept", v)
	}
	m.tell()
	if v := core.Run(x, settle); v != core.Continue || len(m.has) != 1 || m.has[file("f1")].Key != "a" {
		t.Fatalf("%d, %+v", v, m.has)
	}
	core.Conclude(x, []core.Stage{g.Keep()})
	if len(m.waiting) > 0 {
		t.Error("it is kept twice")
	}
}

// TestTheBookDoesNotAnswer checks that then no request about owned things goes to a provider.
func TestTheBookDoesNotAnswer(t *testing.T) {
	g := New(Options{Book: &memory{fails: errors.New("no disk")}, Ask: func(Question, func(Sent, error)) { t.Error("a list is asked for") }})
	for _, line := range []string{"POST /files", "GET /files/f", "GET /files", "DELETE /files/f"} {
		method, path, _ := strings.Cut(line, " ")
		x := call("a", "", method, path, "")
		if v := core.Run(x, []core.Stage{g.Look()}); v != core.Refuse || x.Fault.Code != core.Overloaded || x.Watch != nil {
			t.Errorf("%s: %d %v", line, v, x.Fault)
		}
	}
	x := call("a", "", "POST", "/images/generations", `{"prompt":"x"}`)
	if v := core.Run(x, []core.Stage{g.Look()}); v != core.Continue || x.Watch != nil {
		t.Errorf("a request about no owned thing waits: %d", v)
	}
}

func TestNamesInBodies(t *testing.T) {
	m := &memory{has: map[core.ObjectRef]core.Object{file("mine"): {ObjectRef: file("mine"), Maker: core.Maker{Key: "a", Team: "t"}}}}
	f := func(o Options, key, path, body string, want core.Verdict) {
		t.Helper()
		o.Book = m
		x := call(key, "t", "POST", path, body)
		if v := core.Run(x, []core.Stage{New(o).Look()}); v != want || v == core.Refuse && x.Fault.HTTP() != 404 {
			t.Errorf("%s %s %s: %d %v", key, path, body, v, x.Fault)
		}
	}
	const mine, none = `{"input_file_id":"mine"}`, `{"input_file_id":"none"}`
	f(Options{}, "a", "/batches", mine, core.Continue)
	f(Options{}, "b", "/batches", mine, core.Refuse)
	f(Options{Share: ByTeam}, "b", "/batches", mine, core.Continue)
	f(Options{Share: ByCustomer}, "b", "/batches", mine, core.Refuse)
	f(Options{}, "a", "/batches", none, core.Refuse)
	f(Options{Unrecorded: ByID}, "a", "/batches", none, core.Continue)
	f(Options{Unrecorded: Shown}, "b", "/batches", mine, core.Refuse)
	f(Options{}, "b", "/images/edits", `{"image":{"file_id":"mine"}}`, core.Refuse)
	f(Options{}, "b", "/images/edits", `{"image":{"file_id":"none"}}`, core.Continue)
	f(Options{}, "b", "/images/edits", `[{"file_id":"mine"}]`, core.Refuse)
}

// pager is a provider with n files, f0 the first, in pages of ten.
func pager(n int, asked *int) Ask {
	return func(q Question, told func(Sent, error)) {
		*asked++
		query, err := url.ParseQuery(q.Query)
		if err != nil || query.Get("key") != "" || q.Path != "/v1/files" || q.Provider != "p" || len(q.Fields) != 1 {
			told(Sent{Status: 400}, nil)
			return
		}
		from := 0
		if after := query.Get("after"); after != "" {
			fmt.Sscanf(after, "f%d", &from)
			from++
		}
		to := min(from+10, n)
		var ids []string
		for i := from; i < to; i++ {
			ids = append(ids, fmt.Sprintf(`{"id":"f%d"}`, i))
		}
		told(Sent{Status: 200, Type: "application/json", Body: fmt.Appendf(nil, `{"object":"list","data":[%s],"has_more":%v}`, strings.Join(ids, ","), to < n)}, nil)
	}
}

func TestListsHoldWhatIsOnesOwn(t *testing.T) {
	mine := func(ids ...string) *memory {
		m := &memory{has: map[core.ObjectRef]core.Object{}}
		for _, id := range ids {
			m.has[file(id)] = core.Object{ObjectRef: file(id), Maker: core.Maker{Key: "a"}}
		}
		return m
	}
	f := func(m *memory, o Options, n int, path, want string, pages int) {
		t.Helper()
		asked := 0
		o.Book, o.Ask = m, pager(n, &asked)
		x := call("a", "", "GET", path, "")
		v := core.Run(x, []core.Stage{New(o).Look()})
		got := string(x.Reply.Body)
		if v == core.Refuse {
			got = x.Fault.Message
		}
		if got != want || asked != pages || x.Watch != nil {
			t.Errorf("%s of %d: %d %s, after %d pages", path, n, v, got, asked)
		}
	}
	f(mine("f3", "f4"), Options{}, 5, "/files?key=secret", `{"object":"list","data":[{"id":"f3"},{"id":"f4"}],"has_more":false}`, 1)
	f(mine("f33"), Options{}, 40, "/files", `{"object":"list","data":[{"id":"f33"}],"has_more":false}`, 4)
	f(mine("f3", "f33"), Options{}, 40, "/files", `{"object":"list","data":[{"id":"f3"}],"has_more":true}`, 1)
	f(mine("f3", "f33"), Options{}, 40, "/files?after=f3", `{"object":"list","data":[{"id":"f33"}],"has_more":true}`, 3)
	f(mine(), Options{}, 40, "/files", `{"object":"list","data":[],"has_more":false}`, 1)
	f(mine(), Options{Unrecorded: Shown}, 2, "/files", `{"object":"list","data":[{"id":"f0"},{"id":"f1"}],"has_more":false}`, 1)
	f(mine("elsewhere"), Options{}, 10*MaxPages+1, "/files", "the first pages of the list hold nothing of this key's", MaxPages)
	f(mine("elsewhere"), Options{}, 10*MaxPages, "/files", `{"object":"list","data":[],"has_more":false}`, MaxPages)
}

// TestListsThatCannotBeRead checks that only answers that are not lists are passed on unchanged.
func TestListsThatCannotBeRead(t *testing.T) {
	m := &memory{has: map[core.ObjectRef]core.Object{file("f"): {ObjectRef: file("f"), Maker: core.Maker{Key: "a"}}}}
	f := func(s Sent, err error, status int, body string) {
		t.Helper()
		x := call("a", "", "GET", "/files", "")
		v := core.Run(x, []core.Stage{New(Options{Book: m, Ask: func(_ Question, told func(Sent, error)) { told(s, err) }}).Look()})
		got := x.Reply.Status
		if v == core.Refuse {
			got = x.Fault.HTTP()
		}
		if got != status || string(x.Reply.Body) != body {
			t.Errorf("%+v: %d %s %v", s, got, x.Reply.Body, x.Fault)
		}
	}
	f(Sent{Status: 429, Type: "application/json", Body: []byte(`{"error":{}}`)}, nil, 429, `{"error":{}}`)
	f(Sent{Status: 200, Body: []byte(`<html>`)}, nil, 502, "")
	f(Sent{}, errors.New("too many"), 502, "")
	f(Sent{Status: 200, Type: "text/x\r\nX-A: b", Body: []byte(`{}`)}, nil, 200, `{}`)
}

func TestNamesInConversations(t *testing.T) {
	m := &memory{late: true, has: map[core.ObjectRef]core.Object{file("mine"): {ObjectRef: file("mine"), Maker: core.Maker{Key: "a"}}}}
	stages := []core.Stage{New(Options{Book: m}).Named()}
	f := func(key, body string, want core.Verdict) {
		t.Helper()
		x := call(key, "", "POST", "/chat/completions", body)
		x.Op, x.Peek.Refers = core.OpChat, true
		v := core.Run(x, stages)
		if v == core.Wait {
			m.tell()
			v = core.Run(x, stages)
		}
		if v != want || x.Watch != nil {
			t.Errorf("%s: %s: %d %v", key, body, v, x.Fault)
		}
	}
	f("a", `{"messages":[{"content":[{"type":"file","file":{"file_id":"mine"}}]}]}`, core.Continue)
	f("b", `{"messages":[{"content":[{"type":"file","file":{"file_id":"mine"}}]}]}`, core.Refuse)
	f("b", `{"messages":[{"content":[{"type":"file","file":{"file_id":"made-by-a-model"}}]}]}`, core.Continue)
	f("b", `{"messages":[{"content":"what is a file_id?","detail":"low"}]}`, core.Continue)
	x := call("b", "", "POST", "/chat/completions", `{"file_id":"mine"}`)
	if v := core.Run(x, stages); v != core.Continue {
		t.Errorf("a body in which Peek saw no name is searched: %d", v)
	}
}

// TestReferring checks that Peek notices every member that is searched for in a conversation.
func TestReferring(t *testing.T) {
	known := map[string]bool{}
	for _, m := range asked {
		known[m.name] = true
	}
	for _, name := range core.Referring() {
		if !known[name] {
			t.Errorf("Peek does not notice %q", name)
		}
	}
	for _, name := range []string{"file_id", "file_ids", "vector_store_ids", "container", "cachedContent", "cached_content", "fileUri", "file_uri"} {
		if refs, _ := AppendRefs(nil, fmt.Appendf(nil, `{%q:%q}`, name, "https://g/v1beta/files/f")); len(refs) != 1 {
			t.Errorf("%q names %v", name, refs)
		}
	}
}

// TestNobodysBatch checks that a caller who reads an unrecorded batch does not become the owner of its results.
func TestNobodysBatch(t *testing.T) {
	m := &memory{has: map[core.ObjectRef]core.Object{}}
	g := New(Options{Book: m, Unrecorded: Shown})
	x := call("a", "", "GET", "/batches/b", "")
	if v := core.Run(x, []core.Stage{g.Look()}); v != core.Continue {
		t.Fatalf("%d %v", v, x.Fault)
	}
	replies(t, g, x, 200, `{"id":"b","output_file_id":"out"}`)
	if len(m.has) != 0 {
		t.Errorf("%+v", m.has)
	}
}

// TestWhatCannotBeSeen checks that a request without a request line is not let through.
func TestWhatCannotBeSeen(t *testing.T) {
	x := call("a", "", "GET", "/files/f", "")
	x.Head = nil
	if v := core.Run(x, []core.Stage{New(Options{Book: &memory{}}).Look()}); v != core.Refuse || x.Fault.HTTP() != 404 {
		t.Errorf("%d %v", v, x.Fault)
	}
}
