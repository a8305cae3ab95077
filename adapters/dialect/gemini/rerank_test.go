package gemini

import (
	"strings"
	"testing"

	"asbru/core"
)

const ranked = `{"model":"semantic-ranker-default@latest","query":"q \u00e9","records":[{"id":"a","title":"t","content":"x"},{"id":"b","content":"y"}],"topN":1,"ignoreRecordDetailsInResponse":true,"userLabels":{"k":"v"}}`

func TestRerankStaysItself(t *testing.T) {
	r := new(core.Rerank)
	if f := parseRerank(r, []byte(ranked)); f != nil {
		t.Fatal(f)
	}
	got, f := appendRerank(nil, r, &core.Send{Model: []byte("semantic-ranker-default@latest"), Face: &core.Face{}})
	if f != nil || string(got) != ranked {
		t.Errorf("%v: got %s", f, got)
	}
	if string(r.Query) != `q \u00e9` || len(r.Documents) != 2 || string(r.TopN) != "1" || r.Return != core.No {
		t.Errorf("read %+v", r)
	}
	const reply = `{"records":[{"id":"b","content":"y","score":0.9},{"id":"a","score":0.1}],"x":1}`
	k := new(core.Ranking)
	if err := parseRanking(k, []byte(reply)); err != nil {
		t.Fatal(err)
	}
	if got := appendRanking(nil, k, r, nil); string(got) != reply {
		t.Errorf("got %s", got)
	}
}

func TestRerankFromElsewhere(t *testing.T) {
	f := func(doc, want string) {
		t.Helper()
		r := &core.Rerank{From: new(core.Dialect), Query: core.Text("q"), Documents: [][]byte{[]byte(doc)}}
		got, fault := appendRerank(nil, r, &core.Send{Model: []byte("m"), Face: &core.Face{}})
		if fault != nil || string(got) != `{"model":"m","query":"q","records":[`+want+`],"ignoreRecordDetailsInResponse":true}` {
			t.Errorf("%s: %v %s", doc, fault, got)
		}
	}
	f(`"a\n"`, `{"id":"0","content":"a\n"}`)
	f(`{"text":"a","title":"b"}`, `{"id":"0","content":"a","title":"b"}`)
	f(`{"x":"a"}`, `{"id":"0","content":"{\"x\":\"a\"}"}`)
	r := &core.Rerank{From: new(core.Dialect), Query: core.Text("q"), Documents: make([][]byte, maxRecords+1)}
	if _, fault := appendRerank(nil, r, &core.Send{Face: &core.Face{}}); fault == nil || !strings.Contains(fault.Message, "201") || !strings.Contains(fault.Message, "200") {
		t.Errorf("too many: %v", fault)
	}
}

func TestRankingRead(t *testing.T) {
	k := new(core.Ranking)
	if err := parseRanking(k, []byte(`{"records":[{"id":"2","score":0.97},{"id":"0","score":0.1}]}`)); err != nil {
		t.Fatal(err)
	}
	if len(k.List) != 2 || k.List[0].Index != 2 || string(k.List[0].Score) != "0.97" || k.List[1].Index != 0 {
		t.Errorf("read %+v", k.List)
	}
	for _, bad := range []string{``, `{}`, `[]`, `{"error":{}}`, `{"records":[`} {
		k.Reset()
		if err := parseRanking(k, []byte(bad)); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

// What another provider ordered comes back with the ids that a client of this format gave.
func TestRankingWritten(t *testing.T) {
	r := new(core.Rerank)
	if f := parseRerank(r, []byte(strings.Replace(ranked, "true", "false", 1))); f != nil {
		t.Fatal(f)
	}
	k := &core.Ranking{From: new(core.Dialect), List: []core.Rank{{Index: 1, Score: []byte("0.5")}, {Index: 7, Score: []byte("0.1")}, {Index: 0}}}
	const want = `{"records":[{"id":"b","content":"y","score":0.5},{"score":0.1},{"id":"a","title":"t","content":"x"}]}`
	if got := appendRanking(nil, k, r, nil); string(got) != want {
		t.Errorf("got %s", got)
	}
	r.Return = core.No
	if got := appendRanking(nil, k, r, nil); string(got) != `{"records":[{"id":"b","score":0.5},{"score":0.1},{"id":"a"}]}` {
		t.Errorf("got %s", got)
	}
}
