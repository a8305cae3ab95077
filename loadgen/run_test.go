package loadgen

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// command runs the subcommand.
func command(line string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = Run(strings.Fields(line), &out, &errs)
	return code, out.String(), errs.String()
}

func hello(c net.Conn, _ string, _ []byte) bool { return say(c, 200, "hello") }

func TestRunFromEndToEnd(t *testing.T) {
	noLeaks(t)
	dir := t.TempDir()
	gate := filepath.Join(dir, "gate.json")
	content := `{"bounds": [{"figure": "slow.added_p50", "min": 1000, "soft": true}, {"figure": "slow.success", "min": 1}]}`
	if err := os.WriteFile(gate, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	late := func(c net.Conn, _ string, _ []byte) bool {
		time.Sleep(5 * time.Millisecond)
		return say(c, 200, "hello")
	}
	code, out, errs := command(fmt.Sprintf("--target slow=%s --direct %s --pid slow=%d --key sk-secret --rate 200 --window 100ms --rounds 4 --warmup 30ms "+
		"--foreign 100 --request-bytes 1500 --json %s/r.json --svg %s/r.svg --gate %s", serve(t, late), serve(t, hello), os.Getpid(), dir, dir, gate))
	if code != exitFine || errs != "" {
		t.Errorf("exit %d, stderr %q\n%s", code, errs, out)
	}
	for _, want := range []string{"slow", "direct", "added p50", "100 %", "open loop, 200/s; 4 rounds of 100ms", "holds"} {
		if !strings.Contains(out, want) {
			t.Errorf("%s\nlacks %q", out, want)
		}
	}
	raw, err := os.ReadFile(filepath.Join(dir, "r.json"))
	if err != nil {
		t.Fatal(err)
	}
	var d result
	if err := json.Unmarshal(raw, &d); err != nil || len(d.Targets) != 2 || len(d.Targets[0].Rounds) != 4 || len(d.Gate) != 2 {
		t.Fatalf("%v\n%s", err, raw)
	}
	if strings.Contains(string(raw), "sk-secret") {
		t.Error("the key is in the document")
	}
	slow := d.Targets[0]
	if slow.OK != 86 || slow.ReplyBytes != 5 || slow.Figures["p50"].Median < 5000 || slow.Figures["added_p50"].N != 4 {
		t.Errorf("%+v", slow)
	}
	drawn, err := os.ReadFile(filepath.Join(dir, "r.svg"))
	if err != nil {
		t.Fatal(err)
	}
	wellFormed(t, drawn)
}

func TestRunThatFails(t *testing.T) {
	noLeaks(t)
	f := func(line string, code int, want string) {
		t.Helper()
		got, out, errs := command(line)
		if got != code || !strings.Contains(errs, want) {
			t.Errorf("%q: exit %d, stderr %q; want %d, %q\n%s", line, got, errs, code, want, out)
		}
	}
	busy := serve(t, func(c net.Conn, _ string, _ []byte) bool { return say(c, 503, "") })
	good := serve(t, hello)
	const brief = "--rate 100 --duration 50ms --warmup 0s --foreign 100 "
	f(brief+good, exitFine, "")
	f(brief+busy, exitFails, "5 of 5 requests failed")
	f(brief+"--allow-errors 100 "+busy, exitFine, "")
	f(brief+"--json /nowhere/at/all "+good, exitFails, "cannot write")
	f(brief+"--body-file /nowhere/at/all "+good, exitUsage, "cannot read")
	f(brief+"--gate /nowhere/at/all "+good, exitUsage, "cannot read")
	f(brief+"http://192.0.2.1", exitUsage, "--i-own-this-server")
	f(brief+"--pid a=999999999 "+good, exitUsage, "no such process")
	gate := filepath.Join(t.TempDir(), "gate.json")
	if err := os.WriteFile(gate, []byte(`{"bounds": [{"figure": "target.p50", "max": 0}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	f(brief+"--gate "+gate+" "+good, exitFails, "does not hold")
	f(brief+"--target other="+good+" --gate "+gate, exitUsage, `needs target "target"`)
}

func TestRunHoldsStreams(t *testing.T) {
	noLeaks(t)
	k := newClock()
	to := serve(t, func(c net.Conn, _ string, _ []byte) bool { return sayStream(c, k, 1000, 20*time.Millisecond) })
	code, out, errs := command(fmt.Sprintf("--hold 10 --duration 1s --rate 500 --warmup 50ms --pid target=%d %s", os.Getpid(), to))
	if code != exitFine || !strings.Contains(out, "10 streams held") || !strings.Contains(out, "RSS KB/stream") {
		t.Errorf("exit %d %q\n%s", code, errs, out)
	}
	ends := serve(t, func(c net.Conn, _ string, _ []byte) bool { return sayStream(c, k, 1, 0) })
	if code, _, errs = command("--hold 5 --duration 500ms --warmup 0s " + ends); code != exitFails || !strings.Contains(errs, "5 of 5 streams") {
		t.Errorf("streams that end early: exit %d %q", code, errs)
	}
}

func TestHelp(t *testing.T) {
	code, out, _ := command("--help")
	o := &options{}
	for _, want := range append([]string{Summary, "added_relay_p99", "best(nginx, haproxy)"}, o.flagNames()...) {
		if code != exitFine || !strings.Contains(out, want) {
			t.Errorf("exit %d, help lacks %q", code, want)
		}
	}
}

func TestPlotIsWellFormed(t *testing.T) {
	var h histogram
	for v := range int64(10_000) {
		h.add(v * v)
	}
	d := result{}
	for i := range maxTargets {
		target := targetResult{Name: fmt.Sprintf("<&\"%d", i), Figures: map[string]spread{"added_p50": {Median: 3}}}
		for _, q := range curve(h.n) {
			target.Percentiles = append(target.Percentiles, percentile{q, h.quantile(q) / 1e3})
		}
		d.Targets = append(d.Targets, target)
		drawn := &bytes.Buffer{}
		if err := d.drawSVG(drawn); err != nil {
			t.Fatal(err)
		}
		wellFormed(t, drawn.Bytes())
	}
	empty := &bytes.Buffer{}
	if err := (result{Targets: []targetResult{{Name: "none"}}}).drawSVG(empty); err != nil {
		t.Fatal(err)
	}
	wellFormed(t, empty.Bytes())
}

// wellFormed wants XML whose numbers are all finite.
func wellFormed(t *testing.T, raw []byte) {
	t.Helper()
	dec := xml.NewDecoder(bytes.NewReader(raw))
	elements := 0
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, raw)
		}
		if _, ok := token.(xml.StartElement); ok {
			elements++
		}
	}
	if elements < 10 || bytes.Contains(raw, []byte("NaN")) || bytes.Contains(raw, []byte("Inf")) {
		t.Errorf("%d elements, or a number that is none:\n%s", elements, raw)
	}
}
