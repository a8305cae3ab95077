package selftest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"asbru/bench/standin"
)

// Options select the cells, and the servers to test with.
type Options struct {
	Base     string          // address of the gateway, without a slash at the end. It has a provider by the name of each format
	Provider *standin.Server // behind all of them
	Direct   string          // address of Provider

	Doors, Upstreams []string // formats; nil: all
	Scenarios        []string // nil: all
}

// modelOf returns the beginning of a model's name for an upstream, to which a scenario is appended.
func modelOf(upstream string) string {
	switch upstream {
	case "anthropic":
		return "claude-sonnet-4-5-"
	case "gemini":
		return "gemini-2.5-flash-"
	case "converse", "invoke":
		return "anthropic.claude-sonnet-4-5-"
	case "cohere":
		return "command-a-"
	}
	return "gpt-5-"
}

// A run tests cells one by one.
type run struct {
	o      Options
	ctx    context.Context
	client *http.Client
}

// A trial is a cell that is still to be tested.
type trial struct {
	door, up *format
	sc       scenario
	stream   bool
}

// trials are what o selects, in the order of the matrix.
func (o *Options) trials() (all []trial) {
	for _, door := range formats() {
		for _, up := range formats() {
			if wanted(o.Doors, door.name) && wanted(o.Upstreams, up.name) {
				all = o.between(all, door, up)
			}
		}
	}
	return all
}

// between appends the trials of one pair of formats.
func (o *Options) between(all []trial, door, up *format) []trial {
	for _, sc := range scenarios() {
		if !wanted(o.Scenarios, sc.name) {
			continue
		}
		if sc.only != "stream" {
			all = append(all, trial{door, up, sc, false})
		}
		all = append(all, trial{door, up, sc, true})
	}
	return all
}

// wanted reports whether a selection contains name; nil selects everything.
func wanted(names []string, name string) bool { return names == nil || slices.Contains(names, name) }

// Run tests every cell that o selects, one by one, and returns them in the order of the matrix. It ends early
// if ctx ends.
func Run(ctx context.Context, o Options) ([]Cell, error) {
	transport := &http.Transport{MaxIdleConnsPerHost: 4, DisableCompression: true}
	defer transport.CloseIdleConnections()
	r := &run{o: o, ctx: ctx, client: &http.Client{Transport: transport, Timeout: patience}}
	var cells []Cell
	for _, t := range o.trials() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c := Cell{Door: t.door.name, Upstream: t.up.name, Scenario: t.sc.name, Stream: t.stream, Grade: Lossless}
		r.try(&c, t.door, t.up, t.sc)
		cells = append(cells, c)
	}
	return cells, nil
}

// An exchange is one request through the gateway.
type exchange struct {
	door, up *format
	t        *talk
	asked    doc               // what the client sent
	reply    *reply            // what it got
	sent     []standin.Request // what reached the provider
}

// try leads the talk of a scenario: one request, or as many as it takes until the model has answered
// with the results of its calls.
func (r *run) try(c *Cell, door, up *format, sc scenario) {
	t := sc.talk()
	t.model, t.stream = up.name+"/"+modelOf(up.name)+sc.model, c.Stream
	for {
		e, err := r.exchange(door, up, &t)
		if err != nil {
			c.fail("%v", err)
			return
		}
		if !e.arrived(c, sc.ends != nil) {
			return
		}
		e.compareRequest(c)
		if sc.ends != nil {
			sc.ends(r, c, e)
			return
		}
		got := r.compareReply(c, e)
		if got == nil || !sc.loop {
			return
		}
		if len(got.ids) == 0 {
			if c.Grade != Failed && !answered(&t) {
				c.fail("no call")
			}
			return
		}
		t.turns = append(t.turns, turn{replay: got.replay}, turn{results: got.answers()})
	}
}

// answered reports whether the talk has results of calls already.
func answered(t *talk) bool { return len(t.turns[len(t.turns)-1].results) > 0 }

// answers returns results for all calls, the last call's first.
func (s *said) answers() (out []result) {
	for id, n := range s.ids {
		name, _, _ := strings.Cut(strings.TrimPrefix(s.callAt(n), fmt.Sprintf("call: %d: ", n)), " ")
		if strings.HasPrefix(id, "#") {
			id = ""
		}
		out = append(out, result{id: id, name: name, text: fmt.Sprintf("%s says %d \u00b0C & <ok>", name, 20+n)})
	}
	slices.SortFunc(out, func(a, b result) int { return strings.Compare(b.text, a.text) })
	if len(out) == 2 && out[0].id == "" && out[0].name == out[1].name { // only their order distinguishes them
		slices.Reverse(out)
	}
	return out
}

func (r *run) exchange(door, up *format, t *talk) (*exchange, error) {
	r.o.Provider.Take()
	body := encode(door.ask(t))
	rep, err := r.post(r.o.Base+door.path(t), body, door.head)
	if err != nil {
		return nil, fmt.Errorf("the gateway does not answer: %w", err)
	}
	e := &exchange{door: door, up: up, t: t, reply: rep, sent: r.o.Provider.Take()}
	e.asked, _ = (&reply{body: body}).object()
	return e, nil
}

func (r *run) post(url string, body []byte, head map[string]string) (*reply, error) {
	req, err := http.NewRequestWithContext(r.ctx, "POST", url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header["Idempotency-Key"] = nil // not sent; net/http asks again when an idle connection was closed under it
	for name, value := range head {
		req.Header.Set(name, value)
	}
	return r.do(req)
}

func (r *run) do(req *http.Request) (*reply, error) {
	resp, err := r.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	out := &reply{status: resp.StatusCode, head: resp.Header}
	out.body, out.broken = io.ReadAll(io.LimitReader(resp.Body, maxReply))
	return out, nil
}

// truth returns the provider's answer to the request that reached it, by sending that again without the gateway.
func (r *run) truth(sent *standin.Request) (*reply, error) {
	req, err := http.NewRequestWithContext(r.ctx, sent.Method, r.o.Direct+sent.Raw, bytes.NewReader(sent.Body))
	if err != nil {
		return nil, err
	}
	for name, values := range sent.Header {
		if name != "Content-Length" && name != "Connection" {
			req.Header[name] = values
		}
	}
	return r.do(req)
}

// arrived grades an exchange without an answer: refused by the gateway, refused by the provider, or failed.
func (e *exchange) arrived(c *Cell, fails bool) bool {
	switch {
	case len(e.sent) == 0 && e.reply.status == 400:
		f := e.door.failed(e.reply)
		if f == nil || f.message == "" {
			c.fail("a refusal that is no error of the format: %s", short(e.reply.body))
			return false
		}
		c.refuse(f.message)
		return false
	case len(e.sent) == 0:
		c.fail("the gateway answers %d by itself: %s", e.reply.status, short(e.reply.body))
		return false
	case len(e.sent) > 1:
		c.fail("the provider was asked %d times", len(e.sent))
		return false
	case e.sent[0].Status >= 400 && !fails:
		c.fail("the provider refuses with %d what the gateway made: %s", e.sent[0].Status, short(e.reply.body))
		return false
	case e.reply.status != 200 && !fails:
		c.fail("status %d: %s", e.reply.status, short(e.reply.body))
		return false
	}
	return true
}

func short(b []byte) string {
	const most = 300
	s := string(b)
	if len(s) > most {
		s = s[:most] + "…"
	}
	return s
}
