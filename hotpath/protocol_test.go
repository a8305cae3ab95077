package hotpath

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"asbru/core"
	"asbru/hotpath/http1"
)

// rows reads a file of the shared protocol data, one JSON object a line.
func rows[T any](t *testing.T, name string) []T {
	t.Helper()
	raw, err := os.ReadFile("../../shared/data/protocol/" + name)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("%s is not beside this repository; the package's own cases cover its classes", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	var all []T
	for line := range bytes.Lines(raw) {
		var row T
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	return all
}

// latin1 turns the rows' one char a byte into bytes.
func latin1(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

// An ambiguity is a row of http1/ambiguity.jsonl, or one of ownRows.
type ambiguity struct {
	ID, Class, Why, Expect, Raw string
	Messages                    int
	Body                        *string
}

// A smuggler is a rig that counts what gets through it: to the upstream as
// /base/echo or /base/good, and to wherever else.
type smuggler struct {
	*rig
	echo, good, other, slow atomic.Int64
	mu                      sync.Mutex
	odd                     []string // what should have reached nobody
	blamed                  map[string]bool
}

func newSmuggler(t *testing.T, loops int) *smuggler {
	s := new(smuggler)
	tune := func(o *Options) {
		o.Slow = func(c net.Conn) {
			go func() {
				defer c.Close()
				c.SetDeadline(time.Now().Add(10 * time.Second))
				if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
					return
				}
				s.slow.Add(1)
				io.WriteString(c, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			}()
		}
	}
	s.rig = tunedRig(t, loops, tune, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		b, _ := io.ReadAll(q.Body)
		switch q.URL.Path {
		case "/base/echo":
			s.echo.Add(1)
		case "/base/good":
			s.good.Add(1)
		default:
			s.other.Add(1)
		}
		if strings.Contains(q.RequestURI, "canary") || q.Header.Get("Authorization") != "Bearer provider-secret" {
			s.note(fmt.Sprintf("upstream: %s %v", q.RequestURI, q.Header))
		}
		w.Write(b)
	}))
	s.change(func(snap *core.Snapshot) {
		for _, key := range snap.Keys {
			snap.Anonymous = key
		}
	})
	return s
}

func (s *smuggler) note(what string) {
	s.mu.Lock()
	s.odd = append(s.odd, what)
	s.mu.Unlock()
}

// A shot is one connection: the pieces sent, and what came back.
type shot struct {
	row     ambiguity
	pieces  []string
	answers []int // final statuses, in order
	last    string
	closed  bool // the server ended the connection by itself
}

// fire sends the pieces and reads until the server closes. With stay unset the
// client ends its side after the last piece.
func (s *smuggler) fire(sh *shot, stay bool) error {
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		return err
	}
	t := c.(*net.TCPConn)
	defer c.Close()
	t.SetLinger(0) // or the ports run out
	c.SetDeadline(time.Now().Add(20 * time.Second))
	for i, p := range sh.pieces {
		if i > 0 {
			time.Sleep(50 * time.Microsecond)
		}
		if _, err := io.WriteString(c, p); err != nil {
			break // refused already
		}
	}
	if !stay {
		t.CloseWrite()
	}
	br := bufio.NewReader(c)
	for {
		res, err := http.ReadResponse(br, nil)
		if err != nil {
			sh.closed = errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || !os.IsTimeout(err)
			return nil
		}
		if res.StatusCode < 200 {
			continue
		}
		if res.Header.Get("X-Request-Id") != "" && strings.HasPrefix(sh.row.Raw, "HEAD") {
			res.Body = http.NoBody
		}
		b, _ := io.ReadAll(res.Body)
		sh.answers, sh.last = append(sh.answers, res.StatusCode), string(b)
	}
}

// fireAll fires many shots, a bounded number at once.
func (s *smuggler) fireAll(shots []*shot, stay func(*shot) bool) {
	s.t.Helper()
	var wg sync.WaitGroup
	next := make(chan *shot)
	for range 48 {
		wg.Go(func() {
			for sh := range next {
				if err := s.fire(sh, stay(sh)); err != nil {
					s.t.Errorf("%s: %v", sh.row.ID, err)
				}
			}
		})
	}
	for _, sh := range shots {
		next <- sh
	}
	close(next)
	wg.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, what := range s.odd {
		s.t.Errorf("this reached somebody: %s", what)
	}
	s.odd = nil
}

// A canary row ends early on purpose: it is refused by its early end.
var endsEarly = []string{"chunk-missing-last", "own-missing-last"}

const good = "GET /v1/good HTTP/1.1\r\nHost: gw.test\r\nAuthorization: Bearer " + testKey + "\r\n\r\n"

// splits are the row whole, behind a good request, twice, and split at every
// byte of its first 512.
func splits(row ambiguity) (plain, behind, split []*shot) {
	raw := row.Raw
	plain = append(plain, &shot{row: row, pieces: []string{raw}})
	behind = append(behind, &shot{row: row, pieces: []string{good + raw}})
	behind = append(behind, &shot{row: row, pieces: []string{good + raw[:len(raw)/2], raw[len(raw)/2:]}})
	for i := 1; i < min(len(raw), 512); i += stride {
		split = append(split, &shot{row: row, pieces: []string{raw[:i], raw[i:]}})
	}
	return plain, behind, split
}

func TestProtocolAmbiguity(t *testing.T) {
	all := rows[ambiguity](t, "http1/ambiguity.jsonl")
	for i := range all {
		all[i].Raw = latin1(all[i].Raw)
	}
	lanes(t, func(t *testing.T, loops int) { ambiguous(t, loops, all) })
}

func TestProtocolOwnRows(t *testing.T) {
	lanes(t, func(t *testing.T, loops int) { ambiguous(t, loops, ownRows) })
}

func ambiguous(t *testing.T, loops int, all []ambiguity) {
	s := newSmuggler(t, loops)
	s.refused(all)
	s.served(all)
}

// refused fires the rows to refuse. Nobody may see any of them.
func (s *smuggler) refused(all []ambiguity) {
	var plain, behind, split []*shot
	for _, row := range all {
		if row.Expect != "reject" {
			continue
		}
		p, b, sp := splits(row)
		plain, behind, split = append(plain, p...), append(behind, b...), append(split, sp...)
	}
	if len(plain) == 0 {
		s.t.Error("there is no row to refuse")
	}
	stay := func(sh *shot) bool { return !slices.Contains(endsEarly, sh.row.ID) }
	s.fireAll(slices.Concat(plain, split), stay)
	if n := s.echo.Load() + s.other.Load() + s.slow.Load() + s.good.Load(); n != 0 {
		s.t.Errorf("%d of the rows to refuse were dispatched", n)
	}
	s.fireAll(behind, stay)
	if n := s.echo.Load() + s.other.Load() + s.slow.Load(); n != 0 {
		s.t.Errorf("behind a good request %d of the rows to refuse were dispatched", n)
	}
	if got := s.good.Load(); got != int64(len(behind)) {
		s.t.Errorf("%d of %d good requests before them were dispatched", got, len(behind))
	}
	for i, sh := range slices.Concat(plain, split, behind) {
		answers := sh.answers
		if i >= len(plain)+len(split) {
			if len(answers) == 0 || answers[0] != 200 {
				s.t.Errorf("%s: the good request before it was answered %v", sh.row.ID, answers)
				continue
			}
			answers = answers[1:]
		}
		early := slices.Contains(endsEarly, sh.row.ID)
		if !sh.closed || len(answers) > 1 || len(answers) == 0 && !early || len(answers) == 1 && answers[0] < 400 {
			s.blame(sh, "got %v, closed %v; want one refusal and the end", answers, sh.closed)
		}
	}
}

// served fires the rows that are or may be accepted.
func (s *smuggler) served(all []ambiguity) {
	s.echo.Store(0)
	s.other.Store(0)
	s.slow.Store(0)
	var shots []*shot
	for _, row := range all {
		if row.Expect != "reject" {
			p, b, sp := splits(row)
			shots = append(append(append(shots, p...), b...), sp...)
		}
	}
	s.fireAll(shots, func(*shot) bool { return false })
	oks := int64(0)
	for _, sh := range shots {
		answers := sh.answers
		if strings.HasPrefix(sh.pieces[0], good) && len(answers) > 0 && answers[0] == 200 {
			answers = answers[1:]
		}
		ok := 0
		for _, status := range answers {
			if status == 200 || status == 404 { // of the upstream, or of the slow door
				ok++
			}
		}
		oks += int64(ok)
		switch {
		case len(answers) == 0 || ok > sh.row.Messages:
			s.blame(sh, "got %v; want answers, %d of them from behind the gateway at most", answers, sh.row.Messages)
		case sh.row.Expect == "accept" && ok != sh.row.Messages:
			s.blame(sh, "got %v; want %d times 200", answers, sh.row.Messages)
		case ok == 1 && sh.row.Body != nil && sh.last != *sh.row.Body && len(answers) == 1:
			s.blame(sh, "the body came back as %q; want %q", sh.last, *sh.row.Body)
		}
	}
	if n := s.echo.Load() + s.other.Load() + s.slow.Load(); n != oks {
		s.t.Errorf("%d requests were dispatched for %d answers", n, oks)
	}
}

// blame reports a shot, and of each row only the first.
func (s *smuggler) blame(sh *shot, format string, a ...any) {
	s.t.Helper()
	if s.blamed == nil {
		s.blamed = map[string]bool{}
	}
	if !s.blamed[sh.row.ID] {
		s.blamed[sh.row.ID] = true
		s.t.Errorf("%s, first piece of %d bytes: %s (%s)", sh.row.ID, len(sh.pieces[0]), fmt.Sprintf(format, a...), sh.row.Why)
	}
}

func str(s string) *string { return &s }

const canary = "GET /canary HTTP/1.1\r\nHost: gw.test\r\n\r\n"

// ownRows cover the classes of the shared rows, for a repository that stands alone.
var ownRows = []ambiguity{
	{ID: "own-get", Expect: "accept", Messages: 1, Raw: "GET /v1/echo HTTP/1.1\r\nHost: a\r\n\r\n", Body: str("")},
	{ID: "own-post", Expect: "accept", Messages: 1, Raw: "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", Body: str("hello")},
	{ID: "own-chunked", Expect: "accept", Messages: 1, Raw: "POST /v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", Body: str("hello")},
	{ID: "own-pipelined", Expect: "accept", Messages: 3, Raw: "GET /v1/echo HTTP/1.1\r\nHost: a\r\n\r\nPOST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nxPOST /v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\ny\r\n0\r\n\r\n"},
	{ID: "own-body-is-body", Expect: "accept", Messages: 1, Raw: fmt.Sprintf("POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%s", len(canary), canary), Body: str(canary)},
	{ID: "own-close", Expect: "accept", Messages: 1, Raw: "GET /v1/echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET /v1/echo HTTP/1.1\r\nHost: a\r\n\r\n", Body: str("")},
	{ID: "own-te-cl", Expect: "reject", Raw: "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + canary},
	{ID: "own-cl-te", Expect: "reject", Raw: "POST /v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + canary},
	{ID: "own-two-lengths", Expect: "reject", Raw: "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n" + canary},
	{ID: "own-signed-length", Expect: "reject", Raw: "POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: +0\r\n\r\n" + canary},
	{ID: "own-te-list", Expect: "reject", Raw: "POST /v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + canary},
	{ID: "own-te-tab", Expect: "reject", Raw: "POST /v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + canary},
	{ID: "own-chunk-lf", Expect: "reject", Raw: "POST /v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\n\n" + canary},
	{ID: "own-chunk-size", Expect: "reject", Raw: "POST /v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n" + canary},
	{ID: "own-chunk-huge", Expect: "reject", Raw: "POST /v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n\r\n" + canary},
	{ID: "own-missing-last", Expect: "reject", Raw: "POST /v1/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"},
	{ID: "own-fold", Expect: "reject", Raw: "GET /v1/echo HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n" + canary},
	{ID: "own-space-colon", Expect: "reject", Raw: "GET /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length : 39\r\n\r\n" + canary},
	{ID: "own-bare-cr", Expect: "reject", Raw: "GET /v1/echo HTTP/1.1\r\nHost: a\rX: y\r\n\r\n" + canary},
	{ID: "own-nul", Expect: "reject", Raw: "GET /v1/echo HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n" + canary},
	{ID: "own-two-hosts", Expect: "reject", Raw: "GET /v1/echo HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + canary},
	{ID: "own-no-host", Expect: "reject", Raw: "GET /v1/echo HTTP/1.1\r\n\r\n" + canary},
	{ID: "own-two-credentials", Expect: "reject", Raw: "GET /v1/echo HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\nX-Api-Key: b\r\n\r\n" + canary},
	{ID: "own-trace", Expect: "reject", Raw: "TRACE /v1/echo HTTP/1.1\r\nHost: a\r\n\r\n" + canary},
	{ID: "own-connect", Expect: "reject", Raw: "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n" + canary},
	{ID: "own-fragment", Expect: "reject", Raw: "GET /v1/echo#x HTTP/1.1\r\nHost: a\r\n\r\n" + canary},
	{ID: "own-09", Expect: "reject", Raw: "GET /v1/echo\r\n\r\n" + canary},
	{ID: "own-version", Expect: "reject", Raw: "GET /v1/echo HTTP/1.2\r\nHost: a\r\n\r\n" + canary},
	{ID: "own-10-body", Expect: "accept", Messages: 1, Raw: "POST /v1/echo HTTP/1.0\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" + canary},
	{ID: "own-10-chunked", Expect: "reject", Raw: "POST /v1/echo HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n" + canary},
	{ID: "own-fields", Expect: "reject", Raw: "GET /v1/echo HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("X: y\r\n", 101) + "\r\n" + canary},
	{ID: "own-large", Expect: "reject", Raw: "GET /v1/echo HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("y", 40000) + "\r\n\r\n" + canary},
	{ID: "own-target", Expect: "reject", Raw: "GET /v1/" + strings.Repeat("y", 9000) + " HTTP/1.1\r\nHost: a\r\n\r\n" + canary},
	{ID: "own-expect", Expect: "reject", Raw: "POST /v1/echo HTTP/1.1\r\nHost: a\r\nExpect: all\r\nContent-Length: 39\r\n\r\n" + canary},
}

// TestProtocolPaths sends targets that try to slip past an authorizer: as they
// are, and behind the door's prefix, with credentials and without.
func TestProtocolPaths(t *testing.T) {
	type path struct{ ID, Path, Why string }
	all := rows[path](t, "url/paths.jsonl")
	for i := range all {
		all[i].Path = latin1(all[i].Path)
	}
	all = append(all, path{ID: "own-dots", Path: "/x/../admin"}, path{ID: "own-escape", Path: "/%2e%2e/admin"}, path{ID: "own-slashes", Path: "//admin"})
	lanes(t, func(t *testing.T, loops int) {
		s := newSmuggler(t, loops)
		s.change(func(snap *core.Snapshot) { snap.Anonymous = nil })
		for _, row := range all {
			for _, auth := range []string{"", "Authorization: Bearer " + testKey + "\r\n"} {
				for _, prefix := range []string{"", "/v1"} {
					before := s.other.Load()
					got := s.raw("GET " + prefix + row.Path + " HTTP/1.1\r\nHost: a\r\n" + auth + "\r\n")
					dispatched := s.other.Load() - before
					r := http1.Request{}
					raw := []byte("GET " + prefix + row.Path + " HTTP/1.1\r\nHost: a\r\n\r\n")
					_, err := http1.ParseRequest(raw, &r)
					clean := err == nil && http1.PathClean(r.Path.Of(raw))
					if len(got) < 12 || (got[9] != '4' && (prefix == "" || auth == "" || !clean)) {
						t.Errorf("%s %q with %q: got %.40q (%s)", row.ID, prefix+row.Path, auth, got, row.Why)
					}
					if dispatched > 0 && (auth == "" || prefix == "" || !clean) {
						t.Errorf("%s %q with %q was dispatched (%s)", row.ID, prefix+row.Path, auth, row.Why)
					}
				}
			}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, what := range s.odd {
			t.Error(what)
		}
	})
}

// TestProtocolPolicy checks that policy and provider read the same body.
func TestProtocolPolicy(t *testing.T) {
	type policy struct {
		ID, Raw, Expect, Why string
		Seen                 string `json:"seen_model"`
	}
	all := rows[policy](t, "json/policy.jsonl")
	lanes(t, func(t *testing.T, loops int) {
		var calls atomic.Int64
		var mu sync.Mutex
		var model string
		r := newRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			calls.Add(1)
			var m map[string]json.RawMessage
			var name string
			err := json.NewDecoder(q.Body).Decode(&m)
			if err == nil {
				err = json.Unmarshal(m["model"], &name)
			}
			mu.Lock()
			if model = name; err != nil {
				model = err.Error()
			}
			mu.Unlock()
		}))
		route := *r.snap.Models["m"]
		target := *route.Targets[0]
		target.Model = "" // what policy saw goes on
		route.Pick = func(x *core.Exchange, tried []core.Attempt) (*core.Target, *core.ProviderKey) {
			if len(tried) > 0 {
				return nil, nil
			}
			return &target, target.Keys[0]
		}
		r.change(func(snap *core.Snapshot) {
			snap.Models, snap.Only = map[string]*core.Route{"cheap": &route, "m": &route}, &route
		})
		for _, row := range all {
			before := calls.Load()
			res := r.post("/v1/chat/completions", latin1(row.Raw))
			b := body(t, res)
			sent := calls.Load() - before
			mu.Lock()
			saw := model
			mu.Unlock()
			switch {
			case row.Expect == "reject" && (res.StatusCode != 400 || sent != 0):
				t.Errorf("%s: got %d, dispatched %d times; want 400 and nothing sent (%s): %s", row.ID, res.StatusCode, sent, row.Why, b)
			case row.Expect == "ignore" && res.StatusCode == 400 && sent == 0: // may be refused as well
			case row.Expect != "reject" && (res.StatusCode != 200 || sent != 1 || saw != row.Seen):
				t.Errorf("%s: got %d, dispatched %d times with model %.100q; want %q (%s): %s", row.ID, res.StatusCode, sent, saw, row.Seen, row.Why, b)
			}
		}
	})
}

// A dispatch is an event as a client of WHATWG HTML 9.2 sees it.
type dispatch struct{ Event, Data, ID string }

// whatwg reads a whole stream as the standard says, and nothing like our own
// cutter does.
func whatwg(stream string) (all []dispatch) {
	stream = strings.TrimPrefix(stream, "\xef\xbb\xbf")
	stream = strings.ReplaceAll(strings.ReplaceAll(stream, "\r\n", "\n"), "\r", "\n")
	lines := strings.Split(stream, "\n")
	var event, id string
	var data []string
	for _, line := range lines[:len(lines)-1] { // the last has no end
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "":
			if data != nil {
				if event == "" {
					event = "message"
				}
				all = append(all, dispatch{string([]rune(event)), string([]rune(strings.Join(data, "\n"))), string([]rune(id))})
			}
			event, data = "", nil
		case name == "event":
			event = value
		case name == "data":
			data = append(data, value)
		case name == "id" && !strings.Contains(value, "\x00"):
			id = value
		}
	}
	return all
}

var ownStreams = []struct{ raw, want string }{
	{"data: a\n\n", "a"},
	{"data: a\r\n\r\ndata: b\r\n\r\n", "a|b"},
	{"data: a\r\rdata: b\r\r", "a|b"},
	{": note\n\nevent: x\nid: 7\ndata: a\ndata: b\n\ndata: [DONE]\n\n", "a\nb|[DONE]"},
	{"\xef\xbb\xbfdata: a\n\ndata: lost", "a"},
}

func TestProtocolOwnStreams(t *testing.T) {
	var all []stream
	for _, own := range ownStreams {
		row := stream{ID: own.raw, Raw: own.raw}
		row.Events = append(row.Events, whatwg(own.raw)...)
		var data []string
		for _, e := range row.Events {
			data = append(data, e.Data)
		}
		if got := strings.Join(data, "|"); got != own.want {
			t.Errorf("%q reads as %q; want %q", own.raw, got, own.want)
		}
		all = append(all, row)
	}
	lanes(t, func(t *testing.T, loops int) { streams(t, loops, all) })
}

// A stream is a row of sse/vectors.jsonl.
type stream struct {
	ID, Why, Raw string
	Events       []dispatch
}

func TestProtocolStreams(t *testing.T) {
	all := rows[stream](t, "sse/vectors.jsonl")
	for i := range all {
		all[i].Raw = latin1(all[i].Raw)
	}
	lanes(t, func(t *testing.T, loops int) { streams(t, loops, all) })
}

// streams relays each row, cut by the upstream at every byte: of a large one,
// at the ends and here and there.
func streams(t *testing.T, loops int, all []stream) {
	r := newRig(t, loops, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		var row, at int
		fmt.Sscan(q.URL.Query().Get("row"), &row)
		fmt.Sscan(q.URL.Query().Get("at"), &at)
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, all[row].Raw[:at])
		w.(http.Flusher).Flush()
		time.Sleep(100 * time.Microsecond)
		io.WriteString(w, all[row].Raw[at:])
	}))
	type job struct{ row, at int }
	jobs := make(chan job)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for j := range jobs {
				q, _ := http.NewRequest("GET", fmt.Sprintf("http://%s/v1/stream?row=%d&at=%d", r.addr, j.row, j.at), nil)
				q.Header.Set("X-Api-Key", testKey)
				res, err := http.DefaultClient.Do(q)
				if err != nil {
					t.Error(err)
					continue
				}
				b, err := io.ReadAll(res.Body)
				res.Body.Close()
				if got := whatwg(string(b)); err != nil || !slices.Equal(got, all[j.row].Events) {
					t.Errorf("%s cut at %d: the client saw %.300q, %v; want %.300q (%s)", all[j.row].ID, j.at, got, err, all[j.row].Events, all[j.row].Why)
				}
			}
		})
	}
	for row := range all {
		n := len(all[row].Raw)
		for at := 0; at <= n; at += stride {
			if at > 12 && at < n-12 && n > 1000 {
				at = min(at+n/8, n-12)
			}
			jobs <- job{row, at}
		}
	}
	close(jobs)
	wg.Wait()
}
