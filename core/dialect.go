package core

import "math"

// A Dialect is one wire format. A nil part means the format has no such thing.
// Dialects are compared by address. The parts are stateless and append-style:
// they never keep or allocate what the caller can own.
type Dialect struct {
	Name string

	// Peek reads from a request body, in one pass and without decoding it, the
	// few facts that policy needs, and refuses what two JSON readers could read
	// differently. p.Model aliases body or p's own storage.
	Peek func(body []byte, op Op, p *Peek) *Fault

	// Said returns the text of a conversation's last turn as it stands in a body that Peek has
	// read: a turn of the user's that is one text, without escapes, and nothing besides. It is then
	// the last text of the neutral form too, whoever reads it. Nil: the turn is another one, or is written in a way
	// that takes a closer look. It aliases body. A nil Said never tells.
	Said func(body []byte, op Op, p *Peek) []byte

	// AppendBody appends to dst the body to send for one attempt: body with s.Model in
	// place of the client's, unless that is empty, plus what s.Face needs patched (usage
	// asked for in streams, fields the provider rejects; nil: nothing). What it does not
	// patch stays byte for byte.
	AppendBody func(dst, body []byte, op Op, p *Peek, s Send) []byte

	// AppendFault appends f as this dialect's error body. id is the request id.
	AppendFault func(dst []byte, f *Fault, id []byte) []byte

	// FaultHeader appends the header lines, each ended by CRLF, that go with AppendFault's
	// body for clients that look for the kind of a fault there; nil: none.
	FaultHeader func(dst []byte, f *Fault) []byte

	// AppendStreamFault appends f as the event that ends a broken stream.
	AppendStreamFault func(dst []byte, f *Fault, id []byte) []byte

	// ReadUsage reads the usage of a complete reply body. seen are the Forms of this dialect's replies; nil: nothing is
	// remembered.
	ReadUsage func(body []byte, u *Usage, seen *Forms)

	// ReadEnd is ReadUsage for the end of a reply that is too long to be kept, which may begin anywhere in it and may be written
	// to; nil: the usage of such a reply is not known.
	ReadEnd func(tail []byte, u *Usage)

	// ReadEvent reads one stream event's data, without its framing, into st.
	ReadEvent func(data []byte, st *StreamState)

	// ReadFault reads what an upstream's error body says: Message, Param, Kind, Retry or Again,
	// and BadKey, as far as it says them. The Code is the caller's, from the status.
	ReadFault func(body []byte, f *Fault)

	// Ends holds by Op the event, with its framing, that stands at the end of a stream
	// whose finish is said by an event of its own; empty: no event ends it.
	Ends [NumOps]string

	// Prefills reports whether the model of that name goes on where the last turn of a
	// conversation stops, if that is its own; nil: none does.
	Prefills func(model []byte) bool

	IDHeader string       // the reply header its clients read the request id from; empty: x-request-id alone
	Answered []string     // reply headers of its own, in lower case, that reach its clients from servers of the same dialect
	Forward  []string     // request headers of its own, in lower case, that go to servers of the same dialect
	Leads    []Lead       // where replies hold an address of the server's own to ask next: it is made to lead here
	CutQuery []string     // query parameters that stay here: credentials, and what the path of a Face says
	Redo     [NumOps]bool // bodies of the operation differ between servers of this dialect: they are translated even so
	Sleepers bool         // its SDKs heed no X-Should-Retry, and sleep through a Retry-After of hours for a minute, twice
	Extras   bool         // its clients bear members they do not know, such as extra_fields

	Chats   [NumOps]*ChatCodec // the faces that conversations have; nil: none
	Embeds  *EmbedCodec        // OpEmbed; nil: the format has no embeddings
	Reranks *RerankCodec       // OpRerank; nil: the format has no rerank
	Counts  *CountCodec        // OpCount; nil: the format cannot count tokens
	Sockets *SocketCodec       // OpRealtime; nil: the format has no WebSockets
}

// A Lead is a place in replies to OpPass that holds an address.
type Lead struct {
	Field  string // a header of Answered, in lower case; empty: a member of the body
	Path   string // what paths behind a door begin with whose bodies have Member
	Member string // at any depth
}

// A ChatCodec is one face of a dialect for conversations, between its bytes and
// the neutral form. All of it is append-style and keeps nothing.
//
// Parse functions are given bytes that are one JSON value in UTF-8, but trust nothing else of
// it: a request's comes from a client whose body passed Peek, a reply's from a provider
// and may be anything. They fill a form that was Reset.
type ChatCodec struct {
	Framing Framing // of its streams

	ParseRequest func(c *Chat, body []byte) *Fault

	// AppendRequest appends the body that asks c of s. What s cannot express and the
	// answer does not depend on is left out and noted with c.Drop; for the rest
	// there is a Fault that names the field, and dst is worthless.
	AppendRequest func(dst []byte, c *Chat, s *Send) ([]byte, *Fault)

	ParseReply func(r *Completion, body []byte) error

	// Sound reports whether ParseReply would read body, for those who want to know no
	// more; nil: ParseReply has to be asked.
	Sound func(body []byte) bool

	// AppendReply appends the body of r. extra appends the member "extra_fields" without a
	// comma; nil: there is none.
	AppendReply func(dst []byte, r *Completion, x *Crossing) []byte

	// ParseEvent appends to ev what one frame says: name is the event's name, empty if it
	// has none. A frame that cannot be read is an error and changes nothing.
	ParseEvent func(ev []Event, x *Crossing, name, data []byte) ([]Event, error)

	// AppendEvent appends the frames that say e, with their framing; often none.
	AppendEvent func(dst []byte, x *Crossing, e *Event) []byte
}

// An EmbedCodec is a dialect's face for embeddings.
type EmbedCodec struct {
	ParseRequest  func(e *Embed, body []byte) *Fault
	AppendRequest func(dst []byte, e *Embed, s *Send) ([]byte, *Fault)
	ParseReply    func(v *Vectors, body []byte) error
	AppendReply   func(dst []byte, v *Vectors, e *Embed, x *Crossing) []byte
}

// A RerankCodec is a dialect's face for ordering documents.
type RerankCodec struct {
	ParseRequest  func(r *Rerank, body []byte) *Fault
	AppendRequest func(dst []byte, r *Rerank, s *Send) ([]byte, *Fault)
	ParseReply    func(k *Ranking, body []byte) error
	AppendReply   func(dst []byte, k *Ranking, r *Rerank, x *Crossing) []byte
}

// A CountCodec is a dialect's face for counting the tokens of a conversation.
type CountCodec struct {
	ParseRequest  func(c *Chat, body []byte) *Fault
	AppendRequest func(dst []byte, c *Chat, s *Send) ([]byte, *Fault)
	ParseReply    func(body []byte) (tokens int64, err error)
	AppendReply   func(dst []byte, tokens int64) []byte
}

// A Send is what an AppendBody or an AppendRequest must know of the target.
type Send struct {
	Model  []byte // the name to send, plain bytes
	Face   *Face
	Stream bool // of an AppendRequest; a body says so itself
}

// A Framing is how the events of a stream are told apart on the wire.
type Framing uint8

const (
	FramingSSE         Framing = iota // WHATWG server-sent events
	FramingEventStream                // AWS binary messages with two CRCs
	FramingLines                      // one JSON value a line
)

// ContentType is that of a stream whose events are framed so; array: of one that is a single
// JSON array instead (Exchange.Array).
func (f Framing) ContentType(array bool) string {
	switch {
	case array:
		return "application/json"
	case f == FramingEventStream:
		return "application/vnd.amazon.eventstream"
	case f == FramingLines:
		return "application/x-ndjson"
	}
	return "text/event-stream"
}

// A Face is one format that a target's server understands, with the paths it
// is spoken at.
type Face struct {
	Dialect *Dialect
	Paths   [NumOps]string // path and fixed query per Op; empty: not supported. OpPass: prefix. {model} is replaced by the name, percent-encoded
	Streams [NumOps]string // as Paths, for requests that ask for a stream; empty: as Paths
	For     []string       // prefixes of the model names it is for; empty: all
	Not     []string       // prefixes of those among them that it is not for
	Headers []byte         // fixed header lines that belong to the format, each ended by CRLF

	Betas    []string    // beginnings of the names in anthropic-beta that the server knows, as Anthropic's other hosts know fewer; nil: all
	AskUsage bool        // stream_options.include_usage is understood
	Deep     bool        // Paths[OpPass] leads below the versions of the API: what a door puts before a path is left out
	Shelf    string      // what comes before a path that goes on and names its model, such as /publishers/google
	Whole    string      // of a model whose WebSocket's first message names it, as projects/…/models/{model}; empty: as the dialect writes a bare name
	Insert   []byte      // members to put first in a body, each followed by a comma: "anthropic_version":"…",
	Cut      []string    // top-level members that the server refuses, taken out
	Rename   [][2]string // top-level members that go by another name there
	Vendor   Vendor      // whose signatures its models make; NoVendor: the dialect's own
	Quirks   Quirk
}

// A Quirk is a deviation of a server from its dialect that data can say.
type Quirk uint32

const (
	QuirkNoDeveloper    Quirk = 1 << iota // the role developer is written as system
	QuirkNoToolStrict                     // "strict" in tools is refused
	QuirkNoSchema                         // response_format json_schema is refused; json_object is sent
	QuirkMaxTokens                        // max_tokens, not max_completion_tokens
	QuirkShortIDs                         // ids of tool calls are nine letters or digits (Mistral)
	QuirkAnyChoice                        // tool_choice "any" for "required" (Mistral)
	QuirkReasoningField                   // thinking goes by "reasoning", not "reasoning_content"
	QuirkReasoningTotal                   // completion_tokens leaves reasoning out (xAI)
	QuirkNoEffort                         // reasoning_effort is refused
	QuirkThinkingSwitch                   // thinking {type: enabled|disabled} beside or instead of effort (DeepSeek, Z.ai)
	QuirkNoTools                          // tools are refused
	QuirkUserFirst                        // the first turn must be the user's
)

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
	Free      bool                 // it sets no model to work, so nothing it reports is to be paid: tokens are only counted, or what is relayed has no body (GET, HEAD, DELETE)
	Plain     bool                 // no member of the body, at any depth, is among Weighty: a prompt is what it has of text, and no more
	Refers    bool                 // some member of the body, at any depth, may be among Referring: it may name a thing that lies at the provider
	Haste     Haste                // how much sooner than others it asks to be served
	MaxTokens int64                // the largest of the limits the client set; 0: none set
	Choices   int64                // how many answers the client asked for; 0: it did not say, and gets one
	OptionsAt Span                 // stream_options
	UsageAt   Span                 // stream_options.include_usage
	TurnsAt   Span                 // the turns of a conversation, where they are one member of the body; of OpChat and OpResponses
	FallsAt   Span                 // fallbacks: the caller's own list, taken out before sending
	Fallbacks [MaxFallbacks][]byte // the names in FallsAt, unescaped like Model

	Names []byte // storage for names that held escapes, MaxModelName bytes; nil until one did
}

// Weighty are the members of a body that can make a prompt more than its text, or less: pictures,
// and what has the provider read what does not stand there. What a provider charges for as well is
// to be added here and where core/price counts it.
func Weighty() []string {
	return []string{
		"image_url", "url", "data", "bytes", "images", "image", "b64_json", "type",
		"file_id", "file_url", "fileUri", "file_uri", "fileData", "s3Location", "uri",
		"previous_response_id", "conversation", "cachedContent", "cached_content", "container",
		"web_search_options", "googleSearch", "google_search", "googleSearchRetrieval", "urlContext", "url_context",
		"codeExecution", "code_execution", "mcp_servers", "video_url", "audio_url", "video",
		"file_data", "mimeType", "mime_type", "media_type",
	}
}

// A Haste is how much sooner than others a request asks to be served, for which providers charge a multiple.
type Haste uint8

const (
	NoHaste  Haste = iota
	Priority       // what OpenAI, Azure, Gemini and Bedrock call so
	Fast           // Anthropic's fast mode
)

// Referring are the members of a conversation that name things which lie at the provider, such as files. What
// core/owned looks for in one must stand here.
func Referring() []string {
	return []string{"file_id", "file_ids", "vector_store_ids", "container", "cachedContent", "cached_content", "fileUri", "file_uri"}
}

// MaxFallbacks bounds the caller's own fallback list.
const MaxFallbacks = 4

// Reset makes p ready for another body.
func (p *Peek) Reset() {
	p.Model, p.ModelAt = nil, Span{}
	p.Stream, p.AskUsage, p.Plain, p.Refers, p.Haste, p.MaxTokens, p.Choices = false, false, false, false, NoHaste, 0, 0
	p.OptionsAt, p.UsageAt, p.FallsAt, p.TurnsAt = Span{}, Span{}, Span{}, Span{}
	p.Fallbacks, p.Free = [MaxFallbacks][]byte{}, false
}

// StreamState is what a Dialect remembers of a stream between events.
type StreamState struct {
	Usage     Usage
	Content   bool // an event with content was seen
	Finished  bool // a finish reason was seen
	Done      bool // the terminator was seen
	Failed    bool // an in-band error was seen
	Several   bool // of several choices: a finish is not that of all
	UsageOnly bool // the last event carried nothing but usage
	whole     uint16
	Unread    int32 // events that could not be read
	Said      int32 // events with content
}

// wholeUnit is how many bytes of a reply count as one, so that a mebibyte fits.
const wholeUnit = 16

// SetWhole says that the reply is no stream, and how many bytes it has.
func (s *StreamState) SetWhole(bytes int) {
	s.whole = uint16(min((bytes+wholeUnit-1)/wholeUnit, math.MaxUint16))
}

// Whole is about how many bytes a reply has that is no stream, a mebibyte at most; 0: it is one, or is not known.
func (s *StreamState) Whole() int64 { return int64(s.whole) * wholeUnit }
