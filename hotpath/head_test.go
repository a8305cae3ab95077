package hotpath

import (
	"testing"

	"asbru/core"
	"asbru/hotpath/http1"
)

// A stage finds a header in whatever case it was sent, the first one of several,
// and nothing after the stages are done.
func TestStagesSeeTheHead(t *testing.T) {
	head := "POST /v1/chat/completions?a=b HTTP/1.1\r\nHost: a\r\nX-Tier: premium\r\nx-tier: other\r\nX-Empty:\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n"
	var r http1.Request
	buf := []byte(head + `{"model":"m"}  `)
	if n, err := http1.ParseRequest(buf, &r); n != len(head) || err != nil {
		t.Fatal(n, err)
	}
	h := &fields{&r, &flight{buf: []byte(buf), head: len(head)}}
	f := func(name, want string, there bool) {
		t.Helper()
		if v, ok := h.Field(name); string(v) != want || ok != there {
			t.Errorf("%s: got %q, %v, want %q, %v", name, v, ok, want, there)
		}
	}
	f("x-tier", "premium", true)
	f("content-type", "application/json", true)
	f("x-empty", "", true)
	f("x-tie", "", false)
	f("", "", false)
	if q := string(h.Query()); q != "a=b" {
		t.Errorf("the query is %q", q)
	}
}

func TestReadyLendsTheHead(t *testing.T) {
	head := "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nX-Tier: premium\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n"
	var r http1.Request
	if _, err := http1.ParseRequest([]byte(head), &r); err != nil {
		t.Fatal(err)
	}
	seen := ""
	policy := new(core.Policy)
	policy.Plans[core.OpModels].Admit = []core.Stage{func(x *core.Exchange) core.Verdict {
		v, _ := x.Head.Field("x-tier")
		seen = string(v)
		return core.Answer
	}}
	f := &flight{buf: []byte(head), head: len(head)}
	f.x.Snap, f.x.Op, f.x.Key = new(core.Snapshot), core.OpModels, &core.VirtualKey{Policy: policy}
	if v := new(Server).ready(f, &r); v != core.Answer || seen != "premium" {
		t.Errorf("verdict %v, saw %q", v, seen)
	}
	if f.x.Head != nil {
		t.Error("the head is lent for longer than the stages run")
	}
}
