package core

// A Dialect is one wire format. A nil part means the format has no such thing.
// Dialects are compared by address. The parts are stateless and append-style:
// they never keep or allocate what the caller can own.
type Dialect struct {
	Name string

	// Peek reads from a request body, in one pass and without decoding it, the
	// few facts that policy needs, and refuses what two JSON readers could read
	// differently. p.Model aliases body or p's own storage.
	Peek func(body []byte, op Op, p *Peek) *Fault

	// AppendBody appends to dst the body to send for one attempt: body with the
	// upstream's model name in place of the client's, plus what t needs patched
	// (usage asked for in streams, fields the provider rejects). What it does not patch
	// stays byte for byte.
	AppendBody func(dst, body []byte, op Op, p *Peek, t *Target, model []byte) []byte

	// AppendFault appends f as this dialect's error body. id is the request id.
	AppendFault func(dst []byte, f *Fault, id []byte) []byte

	// AppendStreamFault appends f as the event that ends a broken stream.
	AppendStreamFault func(dst []byte, f *Fault, id []byte) []byte

	// ReadUsage reads the usage of a complete reply body.
	ReadUsage func(body []byte, u *Usage)

	// ReadEvent reads one stream event's data, without its framing, into st.
	ReadEvent func(data []byte, st *StreamState)
}

// A Span is a range of a body. The zero Span means absent.
type Span struct{ Start, End int32 }

// Of returns the bytes of sp in body.
func (sp Span) Of(body []byte) []byte { return body[sp.Start:sp.End] }

// Present reports whether sp points at something.
func (sp Span) Present() bool { return sp.End > sp.Start }

// MaxModelName bounds a model name in bytes, so that labels and logs stay small.
const MaxModelName = 256

// Peek is what is known of a request body without decoding it. Spans hold the
// raw JSON value, quotes included.
type Peek struct {
	Model     []byte               // unescaped; aliases the body unless the name held escapes
	ModelAt   Span                 // where it stands
	Stream    bool                 // a stream was asked for
	AskUsage  bool                 // the client asked for usage in the stream (stream_options.include_usage)
	MaxTokens int64                // the largest of the limits the client set; 0: none set
	OptionsAt Span                 // stream_options
	UsageAt   Span                 // stream_options.include_usage
	FallsAt   Span                 // fallbacks: the caller's own list, taken out before sending
	Fallbacks [MaxFallbacks][]byte // the names in FallsAt, unescaped like Model

	Names []byte // storage for names that held escapes, MaxModelName bytes; nil until one did
}

// MaxFallbacks bounds the caller's own fallback list.
const MaxFallbacks = 4

// Reset makes p ready for another body.
func (p *Peek) Reset() {
	p.Model, p.ModelAt = nil, Span{}
	p.Stream, p.AskUsage, p.MaxTokens = false, false, 0
	p.OptionsAt, p.UsageAt, p.FallsAt = Span{}, Span{}, Span{}
	p.Fallbacks = [MaxFallbacks][]byte{}
}

// StreamState is what a Dialect remembers of a stream between events.
type StreamState struct {
	Usage     Usage
	Content   bool // an event with content was seen
	Finished  bool // a finish reason was seen
	Done      bool // the terminator was seen
	Failed    bool // an in-band error was seen
	UsageOnly bool // the last event carried nothing but usage
}
