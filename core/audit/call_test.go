package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"asbru/core"
)

// exchange is one with everything in it that a record could need.
func exchange() *core.Exchange {
	x := &core.Exchange{
		Snap:    &core.Snapshot{Pepper: core.NewPepper([]byte("pepper"))},
		Key:     &core.VirtualKey{Name: "alice", Team: "search", Customer: "acme"},
		ID:      [16]byte{1, 2, 3},
		Op:      core.OpResponses,
		Start:   core.Clock(),
		Body:    []byte(`{"model":"fast","input":"what is in the box?"}`),
		Name:    []byte("gpt-5"),
		Session: []byte("s-1"),
		Recall:  core.RecallMissed,
		Guard:   core.GuardOf("number"),
		Usage:   core.Usage{In: 10, CachedIn: 4, Out: 300, Reasoning: 200, Known: true},
		Fault:   &core.Fault{Code: core.UpstreamFailed},
	}
	x.Peek.Model, x.Peek.Stream = []byte("fast"), true
	*x.Begin(&core.Target{Name: "openai", Provider: "openai"}, &core.ProviderKey{Name: "main"}) =
		core.Attempt{Target: &core.Target{Name: "openai", Provider: "openai"}, Key: &core.ProviderKey{Name: "main"}, Cause: core.Late, Took: time.Second}
	a := x.Begin(&core.Target{Name: "azure/gpt-5-eu", Provider: "azure", Model: "gpt-5-eu"}, nil)
	a.Status, a.Took, a.Beside, a.Resumes = 200, 1500*time.Microsecond, true, true
	return x
}

func TestCallAsItWas(t *testing.T) {
	x := exchange()
	const now = 1_790_000_000_123_456_789
	c, err := ParseCall(packed(nil, x, 200, 12_345, now))
	if err != nil {
		t.Fatal(err)
	}
	if c.Took < 0 || c.Took > int64(time.Minute/time.Microsecond) {
		t.Errorf("took %d µs", c.Took)
	}
	c.Took = 0
	sum := sha256.Sum256(x.Body)
	session := sha256.Sum256(x.Session)
	session = x.Snap.Pepper.Keyed(&session)
	sum = x.Snap.Pepper.Keyed(&sum)
	want := Call{
		ID: x.ID, Time: now, Cost: 12_345, Key: "alice", Team: "search", Customer: "acme", Asked: "fast",
		Served: "gpt-5-eu", Provider: "azure", Op: core.OpResponses, Status: 200, Fault: core.UpstreamFailed,
		Stream: true, Recall: core.RecallMissed, Guard: "number", Usage: x.Usage, Prompt: sum, Keyed: true,
		Session: [8]byte(session[:8]),
		Attempts: []Attempt{
			{Target: "openai", Key: "main", Cause: core.Late, Took: 1_000_000},
			{Target: "azure/gpt-5-eu", Status: 200, Took: 1500, Beside: true, Resume: true},
		},
	}
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
}

// TestSearches: what a ranking was billed by stands in its record, also when no tokens do.
func TestSearches(t *testing.T) {
	f := func(u core.Usage, want string) {
		t.Helper()
		x := exchange()
		x.Op, x.Usage = core.OpRerank, u
		b := packed(nil, x, 200, 2_000_000, 7)
		if c, err := ParseCall(b); err != nil || c.Usage != u || len(c.Attempts) != 2 || c.Guard != "number" {
			t.Errorf("%+v was packed and is %+v, %v", u, c, err)
		}
		if line, ok := AppendJSON(nil, b, false); !ok || !json.Valid(line) || !strings.Contains(string(line), want) {
			t.Errorf("%s lacks %s", line, want)
		}
	}
	f(core.Usage{Searches: 3}, `"cost":2000000,"searches":3,"prompt":`)
	f(core.Usage{In: 7, Known: true, Searches: 1}, `"tokens":{"in":7,"out":0},"searches":1,`)
	f(core.Usage{In: 7, Known: true}, `"tokens":{"in":7,"out":0},"prompt":`)
}

func TestCallOfNobody(t *testing.T) {
	c, err := ParseCall(packed(nil, &core.Exchange{Start: core.Clock()}, 401, 0, 7))
	if err != nil {
		t.Fatal(err)
	}
	c.Took = 0
	if want := (Call{Time: 7, Status: 401, Attempts: []Attempt{}}); !reflect.DeepEqual(c, want) {
		t.Errorf("got %+v, want %+v", c, want)
	}
}

// largest is an exchange whose record could not be larger.
func largest() *core.Exchange {
	long := strings.Repeat("n", 10_000)
	x := exchange()
	x.Reset()
	x.Snap = &core.Snapshot{Pepper: core.NewPepper([]byte("p"))}
	x.Guard = core.GuardOf("negation")
	x.Key = &core.VirtualKey{Name: long, Team: long, Customer: long}
	x.Body, x.Session, x.Peek.Model, x.Name = []byte(long), []byte(long), []byte(long), []byte(long)
	most := int64(-1 << 63)
	x.Usage = core.Usage{In: most, CachedIn: most, Out: most, Reasoning: most, WrittenIn: most, KeptIn: most,
		AudioIn: most, AudioOut: most, ImageIn: most, ImageOut: most, Searches: -1 << 31, Known: true, Bad: true}
	for range core.MostAttempts {
		a := x.Begin(&core.Target{Name: long, Provider: long}, &core.ProviderKey{Name: long})
		a.Took, a.Status, a.Beside = 1<<63-1, 65535, true
	}
	return x
}

func TestCallsAreBounded(t *testing.T) {
	b := packed(nil, largest(), 65535, -1<<63, -1)
	if len(b) > MaxCall {
		t.Errorf("a call takes %d bytes, more than %d", len(b), MaxCall)
	}
	if _, err := ParseCall(b); err != nil {
		t.Error(err)
	}
	if n := len(packed(nil, exchange(), 200, 1, 1)); n > 250 {
		t.Errorf("a usual call takes %d bytes", n)
	}
}

func TestCutNamesStayApart(t *testing.T) {
	f := func(name string) string {
		r := &reader{b: appendName(nil, name, maxKey)}
		return r.name()
	}
	if got := f("short"); got != "short" {
		t.Errorf("got %q", got)
	}
	a, b := f(strings.Repeat("a", 100)), f(strings.Repeat("a", 101))
	if a == b || len(a) != maxKey || len(b) != maxKey || !strings.HasPrefix(a, "aaaaaa") {
		t.Errorf("got %q and %q", a, b)
	}
}

func TestPromptOf(t *testing.T) {
	body := bytes.Repeat([]byte("x"), maxHashed+1)
	sums := map[[32]byte]string{}
	f := func(name string, s *core.Snapshot, b []byte) {
		sum := PromptOf(s, b)
		if other, ok := sums[sum]; ok {
			t.Errorf("%s and %s have one digest", name, other)
		}
		sums[sum] = name
	}
	f("plain", nil, body[:maxHashed])
	f("one byte longer", nil, body)
	f("peppered", &core.Snapshot{Pepper: core.NewPepper([]byte("a"))}, body)
	f("other pepper", &core.Snapshot{Pepper: core.NewPepper([]byte("b"))}, body)
	body[0] = 'y'
	f("other begin", nil, body)
	body[0], body[maxHashed] = 'x', 'y'
	f("other end", nil, body)
	f("longer", nil, append(body[:maxHashed:maxHashed], "xy"...))
	if got, want := PromptOf(nil, []byte("abc")), sha256.Sum256([]byte("abc")); got != want {
		t.Errorf("a short body without a pepper has %x, not its SHA-256", got)
	}
}

func TestChangeAsItWas(t *testing.T) {
	c := Change{Time: 5, Who: "root", From: "10.0.0.1", Did: "update", What: "keys/alice", Notes: "budget from 5 to 10 USD",
		Version: 42, Before: [32]byte{1}, After: [32]byte{2}, Refused: true}
	got, err := ParseChange(AppendChange(nil, &c))
	if err != nil || got != c {
		t.Errorf("got %+v, %v", got, err)
	}
	long := strings.Repeat("w", 1<<20)
	c.Who, c.From, c.Did, c.What, c.Notes = long, long, long, long, long
	if n := len(AppendChange(nil, &c)); n > MaxChange {
		t.Errorf("a change takes %d bytes, more than %d", n, MaxChange)
	}
}

func TestJSON(t *testing.T) {
	f := func(payload []byte, change bool, part string) {
		t.Helper()
		b, ok := AppendJSON([]byte("x"), payload, change)
		if ok != (part != "") || ok && (!json.Valid(b[1:]) || !strings.Contains(string(b), part)) {
			t.Errorf("%s, %v; want %s", b, ok, part)
		}
	}
	x := exchange()
	before := Look(x)
	f(AppendCall(nil, x, &End{&before, 200, 1, 1, core.Clock()}), false, `{"key":"alice","team":"search"`)
	x.Key = nil
	f(AppendCall(nil, x, &End{&before, 401, 0, 1, core.Clock()}), false, `{"op":"responses"`)
	f(AppendChange(nil, &Change{Did: "apply", What: "document"}), true, `{"did":"apply","what":"document"}`)
	f([]byte("text"), false, "")
	f(nil, true, "")
}

func TestWhatIsCutShortIsNoRecord(t *testing.T) {
	call, change := packed(nil, exchange(), 200, 1, 1), AppendChange(nil, &Change{Who: "a", What: "b"})
	for i := range call {
		if _, err := ParseCall(call[:i]); err == nil {
			t.Fatalf("%d of %d bytes of a call are taken for one", i, len(call))
		}
	}
	for i := range change {
		if _, err := ParseChange(change[:i]); err == nil {
			t.Fatalf("%d of %d bytes of a change are taken for one", i, len(change))
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(packed(nil, exchange(), 200, 1, 1))
	f.Add(AppendChange(nil, &Change{Who: "a", What: "b"}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if c, err := ParseCall(b); err == nil && len(c.Attempts) > core.MostAttempts {
			t.Errorf("%d attempts", len(c.Attempts))
		}
		if c, err := ParseChange(b); err == nil {
			if again, err := ParseChange(AppendChange(nil, &c)); err == nil && again.Before != c.Before {
				t.Error("a change is another one when it is packed again")
			}
		}
	})
}

// packed is a call whose request is looked at when it is over.
func packed(dst []byte, x *core.Exchange, status int, cost core.Money, now int64) []byte {
	before := Look(x)
	return AppendCall(dst, x, &End{&before, status, cost, now, core.Clock()})
}
