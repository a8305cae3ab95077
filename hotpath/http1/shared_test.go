package http1

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
)

// rows reads a file of the shared protocol data, one JSON object a line.
func rows[T any](t *testing.T, name string) []T {
	t.Helper()
	raw, err := os.ReadFile("../../../shared/data/protocol/" + name)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not beside this repository; the package's own cases cover its classes", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	var all []T
	sc := bufio.NewScanner(bytes.NewReader(raw))
	sc.Buffer(nil, 16<<20)
	for sc.Scan() {
		var row T
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	return all
}

// latin1 turns the rows' one char a byte into bytes.
func latin1(s string) []byte {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return b
}

type ambiguity struct {
	ID, Class, Why, Expect, Raw string
	Messages                    int
	Body                        *string
}

// taken lists the rows that may be read or refused and are read: they have one
// reading here, and what they try to reach is dropped or never looked at. All
// other such rows are refused.
var taken = []string{
	"ok-trailer", "chunk-trailer-forbidden-te", "chunk-trailer-auth", // checked and dropped
	"ok-http10", "rl-options-star", // answered, then closed; answered here
	"cl-underscore", "te-under-join", "hop-underscore-fwd", "hop-underscore-auth", // not that field, and not forwarded
	"hop-connection-auth", "hop-connection-xff", "hop-connection-trace", "hop-te-trailers", // Connection strips nothing
	"hop-fwd-uri", "hop-fwd-host", // not forwarded, not looked at
	"hop-upgrade-h2c", "hop-upgrade-ws-noauth", "ws-then-smuggle", // the caller's to refuse
	"cl0-401", "expect-cl0", // a body is a body
}

func TestAmbiguity(t *testing.T) {
	refusedRows := 0
	for _, row := range rows[ambiguity](t, "http1/ambiguity.jsonl") {
		raw := latin1(row.Raw)
		var c conn
		c.feed(raw)
		seen, err := c.end()
		switch row.Expect {
		case "reject":
			refusedRows++
			truncated := row.ID == "chunk-missing-last" // refused by its early end
			if len(seen) > 0 || err == nil && !truncated {
				t.Errorf("%s: dispatched %.100q, %v (%s)", row.ID, seen, err, row.Why)
			}
		case "accept":
			if len(seen) != row.Messages || err != nil {
				t.Errorf("%s: dispatched %.100q, %v (%s)", row.ID, seen, err, row.Why)
			}
		case "either":
			if len(seen) > row.Messages || slices.Contains(taken, row.ID) != (err == nil) {
				t.Errorf("%s: dispatched %.100q, %v, of %d (%s)", row.ID, seen, err, row.Messages, row.Why)
			}
		}
		if row.Body != nil && len(seen) == 1 && err == nil && !strings.HasSuffix(seen[0], " "+*row.Body) {
			t.Errorf("%s: got %q, want the body %q", row.ID, seen, *row.Body)
		}
		resplit(t, row.ID, raw, seen, err)
	}
	if refusedRows == 0 {
		t.Error("the file holds no row to refuse")
	}
}

type vector struct {
	ID, Title, Type, Raw string
	Strict               bool    `json:"strict_parser"`
	Error                *string `json:"llhttp_error"`
}

// stricter lists the rows of llhttp's strict parser that it reads and we do not.
var stricter = map[fault][]string{
	noHost: {"request/content-length#032", "request/pausing#088", "request/pausing#089", "request/pausing#093",
		"request/pausing#094", "request/pausing#095", "request/pausing#096", "request/pausing#097", "request/pausing#098",
		"request/pausing#099", "request/pausing#100", "request/pipelining#101", "request/transfer-encoding#121",
		"request/transfer-encoding#124", "request/transfer-encoding#125", "request/transfer-encoding#126",
		"request/transfer-encoding#129"}, // RFC 9112 3.2
	badHost:       {"request/sample#104", "request/sample#105"},     // "=" is legal there, and no host
	badMethod:     {"request/connection#007", "request/sample#116"}, // an empty line before a request
	unknownMethod: {"request/method#076", "request/method#078", "request/method#079", "request/method#083"},
	targetForm:    {"request/uri#154", "request/uri#156", "request/uri#160"}, // absolute form
	badTarget: {"request/sample#111", "request/transfer-encoding#139", "request/transfer-encoding#140",
		"request/uri#158"}, // HTTP/0.9; fragments
	badLength: {"request/content-length#017"}, // leading zeros
}

// paused are rows whose llhttp "error" is a pause for an upgrade.
var paused = []string{"request/connection#013"}

func TestLlhttpVectors(t *testing.T) {
	want := map[string]*Refusal{}
	for f, ids := range stricter {
		for _, id := range ids {
			want[id] = &requestRefusals[f]
		}
	}
	for _, row := range rows[vector](t, "http1/llhttp-vectors.jsonl") {
		if !row.Strict || !strings.HasPrefix(row.Type, "request") {
			continue
		}
		var c conn
		c.feed(latin1(row.Raw))
		seen, err := c.end()
		resplit(t, row.ID, latin1(row.Raw), seen, err)
		if why, listed := want[row.ID]; listed {
			if err != why {
				t.Errorf("%s: got %v, want %v", row.ID, err, why)
			}
			continue
		}
		if (err != nil) != (row.Error != nil && !slices.Contains(paused, row.ID)) {
			t.Errorf("%s: got %v, llhttp says %v: %q", row.ID, err, row.Error, row.Raw)
		}
	}
}

// plain lists the paths that slip past nobody: the router sees what was sent.
var plain = []string{"p-01", "p-19", "p-24", "p-25", "p-35", "p-39", "p-57"}

func TestSharedPaths(t *testing.T) {
	type path struct{ ID, Path, Why string }
	for _, row := range rows[path](t, "url/paths.jsonl") {
		var r Request
		raw := slices.Concat([]byte("GET "), latin1(row.Path), []byte(" HTTP/1.1\r\nHost: a\r\n\r\n"))
		_, err := ParseRequest(raw, &r)
		if clean := err == nil && PathClean(r.Path.Of(raw)); clean != slices.Contains(plain, row.ID) {
			t.Errorf("%s %q: clean is %v, parsing gave %v (%s)", row.ID, row.Path, clean, err, row.Why)
		}
	}
}
