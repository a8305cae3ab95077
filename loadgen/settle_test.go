package loadgen

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"strings"
	"testing"
	"time"
)

func TestCommandLinesRefused(t *testing.T) {
	f := func(line, want string) {
		t.Helper()
		_, err := parse(strings.Fields(line), io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", line, err, want)
		}
	}
	const to = "http://127.0.0.1:1 "
	f("", "name a server")
	f("--target best=http://127.0.0.1:1", "a name is letters")
	f("--target a=x --target a=y", "named twice")
	f(strings.Repeat(" http://127.0.0.1:1", maxTargets+1), "more than the 16")
	f("--max --rate 5 "+to, "leave --rate")
	f("--max --hold 5 "+to, "two kinds")
	f("--hold 5 --duration 100ms "+to, "too short to hold")
	f("--rate 0 "+to, "must be more than 0")
	f("--rate NaN "+to, "must be more than 0")
	f("--rate 1e9 "+to, "must be more than 0")
	f("--conns -1 "+to, "--conns -1")
	f("--conns 2 --lanes 3 "+to, "--lanes 3")
	f("--rounds 0 "+to, "--rounds 0")
	f("--duration 1s --window 1s --rounds 1 "+to, "two of the three")
	f("--duration 2h --window 8m "+to, "at most 1h")
	f("--duration 2h --window 1ms "+to, "lengthen --window")
	f("--window 1ms --rounds 3 "+to, "must lie between 10ms")
	f("--rate 1000000 --rounds 200 "+to, "would send 200000000 requests")
	f("--timeout 0s "+to, "must be positive")
	f("--foreign NaN "+to, "percentages")
	f("--path v1 "+to, "begin with a slash")
	f("--method ge+t "+to, "not a method")
	f("--body-file x --model m "+to, "sent as it is")
	f("--header A "+to, "Name: value")
	f("--header Host:b "+to, "set by the load generator")
	f("--pid 17 "+to, "NAME=PID")
	f("--nonsense "+to, "nonsense")
}

func TestCommandLinesSettled(t *testing.T) {
	f := func(line string, check func(*options) bool) {
		t.Helper()
		o, err := parse(strings.Fields(line), io.Discard)
		if err != nil || !check(o) {
			t.Errorf("%q: %v %+v", line, err, o)
		}
	}
	const to = " http://127.0.0.1:1"
	f(to, func(o *options) bool {
		return o.rate == 1000 && o.rounds == 7 && o.window == time.Second && o.targets[0].name == "target" && o.drain == o.timeout
	})
	f("--duration 10s"+to, func(o *options) bool { return o.rounds == 10 && o.window == time.Second })
	f("--duration 10s --rounds 4"+to, func(o *options) bool { return o.window == 2500*time.Millisecond })
	f("--duration 100ms"+to, func(o *options) bool { return o.rounds == 1 && o.window == 100*time.Millisecond })
	f("--max"+to, func(o *options) bool { return o.conns == maxModeConns && o.limit() == maxRequests/7 })
	f("--hold 9900"+to, func(o *options) bool {
		return o.stream && o.conns == 9900 && o.rounds == 1 && o.fits(20000) == nil && o.fits(9950) != nil
	})
	f("--target a=x --target b=y --model b=z --model q=r --key k", func(o *options) bool {
		return o.models.of("a") == "q=r" && o.models.of("b") == "z" && o.keys.of("a") == "k"
	})
	f("--target a=x --target b=y --model q --model b=z", func(o *options) bool { return o.models.of("a") == "q" && o.models.of("b") == "z" })
}

func TestTargets(t *testing.T) {
	f := func(raw, want string) {
		t.Helper()
		_, err := aim("x", raw, false)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", raw, err, want)
		}
	}
	f("127.0.0.1:80", "no address")
	f("https://127.0.0.1", "only plain http")
	f("http://127.0.0.1/?a=b", "no query")
	f("http://u@127.0.0.1/", "no user")
	f("http://127.0.0.1:0", "no port")
	f("http://192.0.2.1:80", "--i-own-this-server")
	if got, err := aim("x", "http://192.0.2.1/openai/", true); err != nil || got.addr.String() != "192.0.2.1:80" || got.prefix != "/openai" {
		t.Errorf("got %+v %v", got, err)
	}
	if got, err := aim("x", "http://[::1]:81", false); err != nil || got.addr.String() != "[::1]:81" {
		t.Errorf("got %+v %v", got, err)
	}
}

func TestRequestBytes(t *testing.T) {
	for _, size := range []int{0, 100, 1500, 10_000} {
		b, err := chat(`say "x"`, true, size)
		if err != nil || (size > 0 && len(b) != size) {
			t.Errorf("%d bytes, %v; want %d", len(b), err, size)
		}
	}
	if _, err := chat("m", false, 20); err == nil {
		t.Error("a request of 20 bytes was made")
	}
	got := ask{method: "POST", path: "/p", key: "sk-1", headers: []string{"X-A: b"}, body: []byte("{}")}.render(&target{host: "h:1", prefix: "/x"})
	for _, want := range []string{"POST /x/p HTTP/1.1\r\nHost: h:1\r\n", "\r\nAuthorization: Bearer sk-1\r\n", "\r\nContent-Length: 2\r\n", "\r\nX-A: b\r\n\r\n{}"} {
		if !bytes.Contains(got, []byte(want)) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
}

// flagNames lists every option, as --help must.
func (o *options) flagNames() (names []string) {
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	o.define(fs)
	fs.VisitAll(func(f *flag.Flag) { names = append(names, "--"+f.Name) })
	return names
}

func TestDistinct(t *testing.T) {
	to := &target{name: "x", host: "h:1"}
	o := options{method: "POST", path: "/p", requestSize: 200, distinct: true}
	var err error
	if to.request, err = o.request(to); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for range 1000 {
		b := to.next()
		_, body, _ := bytes.Cut(b, []byte("\r\n\r\n"))
		if len(body) != 200 || !json.Valid(body) || seen[string(body)] {
			t.Fatalf("%s", body)
		}
		seen[string(body)] = true
	}
	o.distinct = false
	to = &target{name: "x", host: "h:1"}
	to.request, _ = o.request(to)
	if a, b := to.next(), to.next(); &a[0] != &b[0] {
		t.Error("a request that is the same each time is copied")
	}
	o.distinct, o.requestSize = true, 45
	if _, err := o.request(&target{name: "x"}); err == nil {
		t.Error("there is room for no number")
	}
}
