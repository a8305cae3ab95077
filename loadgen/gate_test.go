package loadgen

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// recordOf makes a target with one figure, a value a round.
func recordOf(name, figure string, xs ...float64) *record {
	r := &record{target: &target{name: name}}
	for _, x := range xs {
		r.windows = append(r.windows, &window{values: values{figure: x}})
	}
	return r
}

// gateFile writes a gate and reads it.
func gateFile(t *testing.T, content string) (*gate, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "gate.json")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return readGate(name)
}

func TestGateJudges(t *testing.T) {
	a := recordOf("a", "added_p50", 16, 18, 20, 22, 24)
	n := recordOf("n", "added_p50", 20, 20, 20, 20, 20)
	h := recordOf("h", "added_p50", 30, 30, 30, 30, 30)
	zero := recordOf("zero", "added_p50", -1, 0, 0, 5, -2)
	rate := recordOf("a2", "rate", 110, 110, 110)
	slow := recordOf("n2", "rate", 100, 100, 100)
	slower := recordOf("h2", "rate", 50, 50, 50)
	all := []*record{a, n, h, zero, rate, slow, slower}
	f := func(bound string, holds bool, median float64, note string) {
		t.Helper()
		g, err := gateFile(t, `{"bounds": [`+bound+`]}`)
		if err != nil {
			t.Fatal(err)
		}
		v := g.judge(all)[0]
		if v.Holds != holds || v.Spread.Median != median || !strings.Contains(v.Reason+v.Over, note) {
			t.Errorf("%s: %+v %v %q %q; want %v %g %q", bound, v.Spread, v.Holds, v.Over, v.Reason, holds, median, note)
		}
	}
	f(`{"figure": "a.added_p50", "max": 20}`, true, 20, "")
	f(`{"figure": "a.added_p50", "max": 19.9}`, false, 20, "")
	f(`{"figure": "a.added_p50", "max": 19.9, "soft": true}`, true, 20, "") // quartiles 18 to 22
	f(`{"figure": "a.added_p50", "max": 18, "soft": true}`, true, 20, "")
	f(`{"figure": "a.added_p50", "max": 17.9, "soft": true}`, false, 20, "")
	f(`{"figure": "a.added_p50", "min": 22, "soft": true}`, true, 20, "")
	f(`{"figure": "a.added_p50", "min": 22.1, "soft": true}`, false, 20, "")
	f(`{"figure": "a.added_p50 / n", "max": 1}`, true, 1, "n")
	f(`{"figure": "a.added_p50/best(h, n)", "max": 1}`, true, 1, "n")
	f(`{"figure": "a2.rate / best(h2,n2)", "min": 1.1}`, true, 1.1, "n2")
	f(`{"figure": "a2.rate / best(h2,n2)", "min": 1.2}`, false, 1.1, "n2")
	f(`{"figure": "a.cpu_us", "max": 1}`, false, 0, "no round")
	f(`{"figure": "a.rate / n2", "max": 1}`, false, 0, "no round")
	f(`{"figure": "a.added_p50 / zero", "max": 9}`, false, 4.4, "not above zero")
	a.windows[0].dropped, a.windows[4].dropped = true, true
	f(`{"figure": "a.added_p50", "max": 18, "soft": true}`, false, 20, "") // quartiles 19 to 21
	a.windows[1].dropped = true
	f(`{"figure": "a.added_p50", "max": 99, "soft": true}`, false, 21, "a soft bound needs 3 rounds and 2 count")
}

func TestGatesRefused(t *testing.T) {
	f := func(content, want string) {
		t.Helper()
		if _, err := gateFile(t, content); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", content, err, want)
		}
	}
	f(`{`, "cannot read gate")
	f(`{"bounds": []}`, "has 0 bounds")
	f(`{"bounds": [{"figure": "a.p50", "max": 1}]} x`, "something follows")
	f(`{"bounds": [{"figure": "a.p50", "maximum": 1}]}`, "unknown field")
	f(`{"bounds": [{"figure": "a.p50"}]}`, "neither min nor max")
	f(`{"bounds": [{"figure": "p50", "max": 1}]}`, "not TARGET.FIGURE")
	f(`{"bounds": [{"figure": "a.p51", "max": 1}]}`, `no figure "p51"`)
	f(`{"bounds": [{"figure": "a.p50 / best(b", "max": 1}]}`, "not closed")
	f(`{"bounds": [{"figure": "a.p50 / b, c", "max": 1}]}`, "go into best")
	f(`{"bounds": [{"figure": "a.p50 / best()", "max": 1}]}`, "not the name")
	g, err := gateFile(t, `{"bounds": [{"figure": "a.p50 / best(b, c)", "max": 1}]}`)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.names([]named{{"a", ""}, {"b", ""}}); err == nil || !strings.Contains(err.Error(), `needs target "c"`) {
		t.Errorf("a gate without its target: %v", err)
	}
}

func TestVerdictsAreShown(t *testing.T) {
	g, err := gateFile(t, `{"bounds": [{"figure": "a.p50 / b", "max": 0.9, "soft": true}, {"figure": "a.p50", "min": 1}]}`)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	verdicts := g.judge([]*record{recordOf("a", "p50", 10, 10, 10), recordOf("b", "p50", 10, 10, 10)})
	if showGate(&out, verdicts) {
		t.Error("a broken bound holds")
	}
	for _, want := range []string{"a.p50 / b", "≤ 0.9 soft", "1.000…1.000", "FAILS", "against b", "≥ 1", "holds"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s\nlacks %q", &out, want)
		}
	}
	raw, err := json.Marshal(verdicts[0])
	if err != nil || !strings.Contains(string(raw), `"over":"b","holds":false`) {
		t.Errorf("%s %v", raw, err)
	}
}

func TestAddedIsADifferenceOfOneRound(t *testing.T) {
	c := &campaign{direct: recordOf(directName, "p50", 10, 20, 30)}
	through := recordOf("a", "p50", 15, 26, 37)
	c.records = []*record{through, c.direct}
	c.direct.windows[1].dropped = true
	c.compare()
	if s := through.spreads()["added_p50"]; s.N != 2 || s.Q1 != 5.5 || s.Median != 6 {
		t.Errorf("added_p50 is %+v, want 5 and 7 of two rounds", s)
	}
}
