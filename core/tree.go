package core

// Text is what stands between the quotes of a JSON string, escapes and all. It is
// copied from one document into another without being decoded. A nil Text is
// absent; an empty one that is not nil is "".
type Text []byte

// A Tree holds what a conversation is made of, in a few flat slices that are used
// again for the next one. Everything in it aliases the document it was read from,
// or room, and lives as long as that.
type Tree struct {
	Parts  []Part
	extras []Extra
	cites  []Cite
	room   []byte
}

// A Part is one piece of content.
//
// Parts stand in reading order. Those inside another, as in the result of a tool,
// follow it directly: Inner says how many of the next ones are its own, at any depth.
type Part struct {
	Kind  PartKind
	Inner int32
	Shape uint16 // how From wrote it, for From to write it again; others ignore it
	More  int32  // members of its own family only; see Tree.Extra
	Cites int32  // PartText: where it comes from; see Tree.Cite
	Fails bool   // PartResult: the tool failed
	Wraps bool   // PartCall: Args is the inside of a JSON string that holds the JSON
	Cache Text   // a provider may keep the prompt up to here for so long: "5m", "1h", "" for its default; nil: no mark

	Text  Text   // what it says: text, thinking, a refusal, a transcript, plain text of a file
	ID    Text   // of a call, and of the result that answers it; of an audio answer
	Name  Text   // of the tool; of the file
	Args  []byte // PartCall: raw JSON, or see Wraps
	Media Text   // MIME type: "image/png"; nil: unknown
	Data  Text   // base64
	URL   Text   // where it is; https, gs, s3, data never
	File  Text   // the id of an uploaded file
	Hint  Text   // PartImage: how closely to look: "low", "high", "auto", "original"

	Sign   Text   // opaque: a signature, or what is encrypted; only Vendor can read it
	Vendor Vendor // whose Sign it is

	Type Text   // PartOther: what From calls it
	Raw  []byte // PartOther: the whole raw value, for From's family only
}

// A PartKind says what a Part is.
type PartKind uint8

const (
	PartText PartKind = iota
	PartImage
	PartFile    // a document
	PartAudio   // Media is audio/wav, audio/mpeg …
	PartVideo   //
	PartCall    // the model wants a tool run
	PartResult  // what the tool answered; its content is inside
	PartThought // what the model thought, as far as it shows it, with Sign
	PartVeiled  // what the model thought and does not show: Sign alone
	PartRefusal // the model declines, in its own words
	PartOther   // known to its family only
)

// A Vendor is who can read a signature.
type Vendor uint8

const (
	NoVendor Vendor = iota
	Anthropic
	Google
	OpenAI
	Amazon
	Cohere
	Elsewhere // whoever made it, an OpenAI-compatible provider sent it and gets it back
	NumVendors
)

var vendors = [NumVendors]string{"", "anthropic", "google", "openai", "amazon", "cohere", "elsewhere"}

// String is the vendor's name in a carried signature.
func (v Vendor) String() string { return vendors[v] }

// An Extra is a member of an object that has no place in the neutral form. It is
// written again for the dialect it came from, and for no other.
type Extra struct {
	Key   Text
	Value []byte // raw JSON
	next  int32
	last  int32 // of the first one of a chain: where it ends, since a provider may send any number
}

// A Cite says where a PartText has something from.
type Cite struct {
	Start, End int64 // characters of the part's text it covers; -1: not said
	URL        Text
	Title      Text
	Quote      Text  // the cited words
	Source     int32 // index of the document, in the order they were sent; -1: not one of them
	From       int64 // where in the document: first character, page or block; -1: not said
	To         int64
	Unit       CiteUnit
	Raw        []byte // the citation as its family wrote it
	next       int32
	last       int32 // as in Extra
}

// Blank reports whether nothing of c can be said outside its family: it names neither a page nor a document.
func (c *Cite) Blank() bool {
	return len(c.URL)+len(c.Title)+len(c.Quote) == 0 && c.Source < 0
}

// Mute reports whether p is a thought of which neither text nor signature was given.
func (p *Part) Mute() bool {
	return (p.Kind == PartThought || p.Kind == PartVeiled) && len(p.Text)+len(p.Sign) == 0
}

// A CiteUnit says what Cite.From and To count.
type CiteUnit uint8

const (
	CiteNowhere CiteUnit = iota
	CiteChars
	CitePages
	CiteBlocks
	CiteSearch // a result of a search that was among the content
	CiteWeb    // a page the provider found
)

// Reset empties t and keeps its memory.
func (t *Tree) Reset() {
	clear(t.Parts)
	clear(t.extras)
	clear(t.cites)
	t.Parts, t.extras, t.cites, t.room = t.Parts[:0], t.extras[:0], t.cites[:0], t.room[:0]
}

// Add appends a part and returns its index. Pointers into Parts are not valid
// afterwards.
func (t *Tree) Add(p Part) int {
	t.Parts = append(t.Parts, p)
	return len(t.Parts) - 1
}

// Close ends the part at i: all that was added since is inside it.
func (t *Tree) Close(i int) { t.Parts[i].Inner = int32(len(t.Parts) - i - 1) }

// Inside returns the parts inside the one at i, at any depth.
func (t *Tree) Inside(i int) []Part {
	return t.Parts[i+1 : i+1+int(t.Parts[i].Inner)]
}

// Keep puts a member into the chain that *more begins: the order is that of the calls.
func (t *Tree) Keep(more *int32, key Text, value []byte) {
	t.extras = append(t.extras, Extra{Key: key, Value: value})
	n := int32(len(t.extras))
	if *more == 0 {
		*more = n
	} else {
		t.extras[t.extras[*more-1].last-1].next = n
	}
	t.extras[*more-1].last = n
}

// Extra returns the member at n of a chain and where the next one is: begin with
// More, end at 0.
func (t *Tree) Extra(n int32) (Extra, int32) {
	e := t.extras[n-1]
	return e, e.next
}

// Extras is how many members were kept, in all chains: they are Extra(1) to Extra(Extras()).
func (t *Tree) Extras() int { return len(t.extras) }

// Cite puts a citation into the chain that *cites begins.
func (t *Tree) Cite(cites *int32, c Cite) {
	t.cites = append(t.cites, c)
	n := int32(len(t.cites))
	if *cites == 0 {
		*cites = n
	} else {
		t.cites[t.cites[*cites-1].last-1].next = n
	}
	t.cites[*cites-1].last = n
}

// Cited returns the citation at n of a chain and where the next one is.
func (t *Tree) Cited(n int32) (Cite, int32) {
	c := t.cites[n-1]
	return c, c.next
}

// Room lends the memory for what no document holds as it is wanted. Give what was
// appended to it back with Took, which returns the appended bytes. They stay valid
// until Reset.
func (t *Tree) Room() []byte { return t.room }

// Took accepts what was appended to Room and returns the new bytes.
func (t *Tree) Took(grown []byte) []byte {
	at := len(t.room)
	t.room = grown
	return grown[at:len(grown):len(grown)]
}
