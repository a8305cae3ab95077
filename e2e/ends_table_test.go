package e2e

import (
	"fmt"
	"strings"
)

// A deed is one operation in one form, by one client.
type deed struct {
	name       string
	op         string // what the records call it
	at         string // the type of the provider that it is done at
	path, body string // with MODEL
	fields     []string
	stream     bool

	in, out int64 // what the provider reports, in tokens
	kind    deedKind
	early   int64 // of a stream that tells its prompt before its end, what it says of the answer when three pieces have come; 0: it does not
	alone   bool  // it is not translated, so what comes whole passes as it comes
}

type deedKind uint8

const (
	talk   deedKind = iota // the answer is text, which can be counted
	read                   // only the prompt costs
	relay                  // relayed: without a report it costs nothing
	gratis                 // costs nothing
)

// A vendorStage is a type of provider.
type vendorStage struct{ name, rest string }

// stages are the types of the providers, each with the rest of its entry.
var stages = []vendorStage{
	{"openai", `base_url: "BASE/v1", api_key: sk-ours`},
	{"anthropic", `base_url: "BASE/v1", api_key: sk-ours`},
	{"gemini", `base_url: "BASE/v1beta", api_key: sk-ours`},
	{"cohere", `base_url: "BASE", api_key: sk-ours`},
	{"bedrock", `base_url: "BASE", options: {region: us-east-1}, auth: {type: aws, access_key: AKIDOURS, secret_key: sk-ours}`},
}

// home is the provider that speaks a client's format, and abroad another, so that each is once of either kind.
var (
	home   = map[string]string{"openai": "openai", "responses": "openai", "anthropic": "anthropic", "gemini": "gemini", "cohere": "cohere", "bedrock": "bedrock"}
	abroad = map[string]string{"openai": "anthropic", "responses": "gemini", "anthropic": "openai", "gemini": "cohere", "cohere": "bedrock", "bedrock": "openai"}
)

// deeds are all operations. With wide, conversations are translated between all formats.
func deeds(wide bool) (list []deed) {
	for i := range forms {
		f := &forms[i]
		for _, p := range stages {
			if !wide && p.name != home[f.name] && p.name != abroad[f.name] {
				continue
			}
			for _, stream := range []bool{false, true} {
				list = append(list, conversation(f, p.name, stream))
			}
		}
	}
	const body = `{"model":"MODEL",`
	more := []deed{
		{name: "completion", op: "completion", path: "/v1/completions", body: body + `"prompt":"Hello there"}`, in: 120, out: 24},
		{name: "completion streamed", op: "completion", path: "/v1/completions", body: body + `"stream":true,"prompt":"Hello there"}`, stream: true, in: 120, out: 24},
		{name: "embeddings", op: "embeddings", path: "/v1/embeddings", body: body + `"input":["Hello","there"]}`, in: 10, kind: read},
		{name: "embeddings translated", op: "embeddings", at: "cohere", path: "/v1/embeddings", body: body + `"input":["Hello","there"]}`, in: 10, kind: read},
		{name: "rerank", op: "rerank", at: "cohere", path: "/cohere/v2/rerank", body: body + `"query":"q","documents":["Hello","there"]}`, kind: read},
		{name: "images", op: "pass", path: "/v1/images/generations", body: body + `"prompt":"a cat"}`, in: 50, out: 272, kind: relay},
		{name: "speech", op: "pass", path: "/v1/audio/speech", body: body + `"input":"Hello","voice":"alloy"}`, kind: relay},
		{name: "speech streamed", op: "pass", path: "/v1/audio/speech", body: body + `"input":"Hello","voice":"alloy","stream_format":"sse"}`, in: 14, out: 101, kind: relay},
		{name: "transcription", op: "pass", path: "/v1/audio/transcriptions", fields: []string{"Content-Type: multipart/form-data; boundary=zz"}, in: 14, out: 45, kind: relay,
			body: "--zz\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nMODEL\r\n--zz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\nRIFFsound\r\n--zz--\r\n"},
		{name: "moderation", op: "pass", path: "/v1/moderations", body: body + `"input":"Hello"}`, kind: relay},
		{name: "count_tokens", op: "count", at: "anthropic", path: "/anthropic/v1/messages/count_tokens", body: body + `"messages":[{"role":"user","content":"Hi"}]}`, kind: gratis},
		{name: "a path that nobody knows", op: "pass", path: "/v1/anything/at/all", body: body + `"prompt":"Hello there"}`, in: 120, out: 24, kind: relay},
	}
	for _, d := range more {
		if d.alone = d.name != "embeddings translated"; d.at == "" {
			d.at = "openai"
		}
		list = append(list, d)
	}
	return list
}

// conversation is a chat of a client of form f, at a provider.
func conversation(f *form, at string, stream bool) deed {
	d := deed{name: f.name, op: "chat", at: at, stream: stream, in: 120, out: 24, alone: home[f.name] == at}
	d.path, d.body = f.request("MODEL", stream)
	if f.name == "responses" {
		d.op = "responses"
	}
	if !d.alone {
		d.name += " at " + at
	}
	d.early = map[string]int64{"anthropic": deliverable, "gemini": deliverable + 10}[at] // Anthropic says 1, Gemini's includes 10 of thoughts
	if stream {
		d.name += " streamed"
	}
	return d
}

// request is what the client sends to ask for model.
func (d *deed) request(model string) (path, body string) {
	inPath := model
	if strings.HasPrefix(d.path, "/bedrock") {
		inPath = strings.ReplaceAll(model, "/", "%2F")
	}
	return strings.ReplaceAll(d.path, "MODEL", inPath), strings.ReplaceAll(d.body, "MODEL", model)
}

// A bill says what a cell is to cost.
type bill uint8

const (
	nothing  bill = iota // nothing
	reported             // what the provider reports
	counted              // our own count of an answer that came to its end
	prompt               // our own count of the prompt
	parted               // of a stream, what came of it, else the prompt
)

// An ending is one way in which a call ends.
type ending struct {
	name   string
	word   string // what the provider does
	via    string // the entry of an alias, with MAIN, MAINMODEL and SPARE; empty: the provider's own name of the model is asked for
	from   string // the provider's name is that and its type; empty: main
	key    string // more of the virtual key
	does   func(*gateway, *cell)
	bill   bill
	status int  // 0: see statuses
	tries  int  // how often the provider is asked; 0: once. -1: never
	ruled  bool // it used nothing of limits
	waits  bool // it is to be begun before, and ends with, an event
	not    func(*deed) string
}

// two is an alias with a second target.
const two = "targets: [{provider: MAIN, model: MODEL}, {provider: spare-TYPE, model: MODEL}]"

// endings are all of them, but those that need a process of their own.
var endings = []ending{
	{name: "success", word: "ok", bill: reported},
	{name: "usage missing", word: "missing", bill: counted, not: unreported},
	{name: "usage zero", word: "zero", not: unreported},
	{name: "usage negative", word: "negative", bill: counted, not: unreported},
	{name: "usage absurd", word: "absurd", bill: counted, not: unreported},
	{name: "usage twice", word: "twice", bill: reported, not: whole},
	{name: "400", word: "e400", status: 400},
	{name: "401", word: "e401", status: 502},
	{name: "429", word: "e429", status: 429},
	{name: "500", word: "e500", status: 500},
	{name: "no reply", word: "hangup", status: 502},
	{name: "broken in the middle", word: "cut", bill: parted},
	{name: "late", word: "silent", from: "brief", status: 504},
	{name: "stalled in the middle", word: "half", from: "brief", bill: parted},
	{name: "fallback", word: "e500", via: two, bill: reported, tries: 2, not: once},
	{name: "fallback after no reply", word: "hangup", via: two, bill: reported, tries: 2, not: once},
	{name: "all targets fail", word: "e500", via: "targets: [{provider: MAIN, model: MODEL}, {provider: brief-TYPE, model: MODEL}]", status: 500, tries: 2, not: once},
	{name: "asked again in vain", word: "e500", via: "targets: [{provider: MAIN, model: MODEL}], retry: {again: 1, backoff: 1ms, share: 10}", status: 500, tries: 2, not: once},
	{name: "hedge loser", word: "silent", via: two + ", hedge: {after: 30ms, max_share: 100%}", bill: reported, tries: 2, not: unhedged},
	{name: "rescued", word: "cut", via: two + ", rescue: continue", bill: reported, tries: 2, not: unrescued},
	{name: "client leaves before the answer", word: "silent", does: leavesFirst, bill: prompt, status: 499},
	{name: "client leaves in the middle", word: "half", does: leavesMid, bill: parted, status: 499},
	{name: "client leaves behind the end", word: "ok", does: leavesLast, bill: reported},
	{name: "budget refused", word: "ok", key: "budgets: [{usd: 0.0000001, window: 1d}]", status: 402, tries: -1, not: costless},
	{name: "model refused", word: "ok", key: "blocked_models: ['*']", status: 403, tries: -1, ruled: true},
	{name: "header missing", word: "ok", key: "required_headers: [x-tenant]", status: 400, tries: -1, ruled: true},
	{name: "limit refused", word: "ok", key: "rate_limits: [{requests: 1, per: 8760h}]", does: asksTwice, status: 429},
	{name: "key revoked before the answer", word: "silent", bill: prompt, status: 403, waits: true},
	{name: "key revoked in the middle", word: "half", bill: parted, status: 403, waits: true},
}

func unreported(d *deed) string {
	if d.in+d.out == 0 {
		return "its answers have no report of usage"
	}
	return ""
}

func whole(d *deed) string {
	if !d.stream {
		return "an answer that comes whole has one report"
	}
	return ""
}

func once(d *deed) string {
	if d.op == "pass" {
		return "a relayed request may have had effects: it is sent once"
	}
	return ""
}

func unhedged(d *deed) string {
	if d.op == "pass" || d.op == "responses" {
		return "it is not hedged: the provider keeps something"
	}
	return ""
}

func unrescued(d *deed) string {
	if !d.stream || d.op != "chat" && d.op != "responses" {
		return "only streams of conversations are continued"
	}
	return ""
}

func costless(d *deed) string {
	if d.kind == gratis {
		return "it costs nothing, so nothing is refused"
	}
	return ""
}

// entry is the configuration of an alias for a cell; empty: it needs none.
func (c *cell) entry() string {
	if c.e.via == "" {
		return ""
	}
	m := c.model()
	return fmt.Sprintf("  - {alias: ax-%d, %s}\n", c.n, strings.NewReplacer("MAIN", c.from()+"-"+c.d.at, "TYPE", c.d.at, "MODEL", m).Replace(c.e.via))
}

// model is the provider's own name of the model that a cell asks for.
func (c *cell) model() string { return fmt.Sprintf("mx-%s-c%d-usage", c.e.word, c.n) }

// asked is the name that the client asks for.
func (c *cell) asked() string {
	if c.e.via != "" {
		return fmt.Sprint("ax-", c.n)
	}
	return c.from() + "-" + c.d.at + "/" + c.model()
}

// from is the provider that is asked first, without its type.
func (c *cell) from() string {
	switch {
	case c.benched():
		return fmt.Sprint("p", c.n)
	case c.e.from != "":
		return c.e.from
	}
	return "main"
}

// benched reports whether the provider's key is not used for a while after the call.
func (c *cell) benched() bool { return c.e.word == "e401" || c.e.word == "e429" }
