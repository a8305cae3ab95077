package upstream

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"net/netip"
	"net/url"
	"os"
	"testing"

	"asbru/core"
)

func TestPublic(t *testing.T) {
	f := func(want bool, list ...string) {
		t.Helper()
		for _, s := range list {
			if got := Public(netip.MustParseAddr(s)); got != want {
				t.Errorf("%s: got %v; want %v", s, got, want)
			}
		}
	}
	f(true, "1.1.1.1", "8.8.8.8", "104.18.6.192", "::ffff:1.1.1.1", "2606:4700::1111", "2a00:1450:4001:830::200e")
	f(false, "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.9.9.9", "169.254.169.254", "172.16.0.1", "172.31.255.255",
		"192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255")
	f(false, "::ffff:10.0.0.1", "::ffff:100.64.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:192.0.2.1", "::ffff:240.0.0.1", "::ffff:0.0.0.0")
	f(false, "::", "::1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::",
		"3fff::1", "5f00::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1")
}

func TestPermitted(t *testing.T) {
	f := func(e core.Endpoint, address string, want bool) {
		t.Helper()
		if err := (&endpoint{e}).permitted(address); (err == nil) != want {
			t.Errorf("%+v to %s: got %v; want permitted %v", e, address, err, want)
		}
	}
	f(core.Endpoint{Host: "api.example.com"}, "1.1.1.1:443", true)
	f(core.Endpoint{Host: "api.example.com"}, "127.0.0.1:443", false) // a name that leads there
	f(core.Endpoint{Host: "api.example.com"}, "[::ffff:10.0.0.1]:443", false)
	f(core.Endpoint{Host: "foo.localhost"}, "127.0.0.1:443", false)
	f(core.Endpoint{Host: "localhost"}, "127.0.0.1:443", true) // as the operator wrote
	f(core.Endpoint{Host: "localhost"}, "10.0.0.1:443", false)
	f(core.Endpoint{Host: "127.0.0.1"}, "127.0.0.1:443", true)
	f(core.Endpoint{Host: "::1"}, "[::1]:443", true)
	f(core.Endpoint{Host: "10.0.0.1"}, "10.0.0.1:443", false)
	f(core.Endpoint{Host: "10.0.0.1", AllowPrivate: true}, "10.0.0.1:443", true)
	f(core.Endpoint{Host: "fe80::1%eth0"}, "[fe80::1%eth0]:443", false)
	f(core.Endpoint{Host: "x"}, "nonsense", false)
}

// TestProtocolAddresses dials nothing: it judges the rows that are addresses.
func TestProtocolAddresses(t *testing.T) {
	raw, err := os.ReadFile("../../../shared/data/protocol/url/ssrf.jsonl")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("url/ssrf.jsonl is not beside this repository; TestPublic covers its classes")
	}
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range bytes.Lines(raw) {
		var row struct{ ID, URL, Expect, Why string }
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(row.URL)
		if err != nil {
			continue // refused before it gets here
		}
		ip, err := netip.ParseAddr(u.Hostname())
		if err != nil || row.Expect == "either" {
			continue
		}
		n++
		if got := Public(ip); got != (row.Expect == "allow") {
			t.Errorf("%s %s: public is %v; want %s (%s)", row.ID, row.URL, got, row.Expect, row.Why)
		}
	}
	if n < 20 {
		t.Errorf("only %d rows are addresses", n)
	}
}
