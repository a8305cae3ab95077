package core

// An Event is one step of a streamed answer, in no provider's words. What it
// holds is valid until the next frame is read.
//
// For one choice the order is: EventStart once, then blocks one after the other,
// each EventOpen, deltas, EventClose, and EventFinish at the end. At most one block of
// a choice is open at a time: who reads a dialect that interleaves them puts them in
// order. A provider that goes on behind a finish gives another; the last one of a choice
// holds. EventUsage may come anywhere and repeats the totals so far; EventEnd is the last.
type Event struct {
	Kind   EventKind
	Choice int32
	Block  int32  // index in Crossing.Blocks
	Text   Text   // EventDelta: what is added
	Finish Finish // EventFinish
	Native Text   // EventFinish: the provider's word
	Stop   Text   // EventFinish: the stop sequence that was met
	Probs  []byte // EventDelta: raw logprobs of it, OpenAI's form; nil: none
	Cite   *Cite  // EventCite
	Fault  *Fault // EventFault
	Name   []byte // EventOther: the name of the event
	Raw    []byte // EventOther: its data, for its own family
}

// An EventKind says what an Event is.
type EventKind uint8

const (
	EventStart  EventKind = iota // Crossing.ID and Model are known
	EventOpen                    // Crossing.Blocks[Block] begins: Kind, ID and Name are known
	EventDelta                   // Text is added to the open block: text, thinking, arguments (the inside of a JSON string that holds JSON), a refusal, base64 of media
	EventSign                    // Crossing.Blocks[Block].Sign is complete
	EventCite                    // the open block says where it has something from
	EventClose                   // the block is complete
	EventFinish                  // the choice is complete, as it seems
	EventUsage                   // Crossing.Usage is new
	EventPing                    // nothing but a sign of life
	EventFault                   // the provider failed in mid-stream; nothing but EventEnd may follow
	EventEnd                     // the answer is complete
	EventOther                   // what only its own family knows
)

// A Crossing is what is remembered of one stream while it is translated: the read
// side knows which blocks there are, the write side what it has made of them. It
// owns its memory and is used again. Every byte slice in it is its own.
type Crossing struct {
	From, To *Dialect // who is read, who is written
	FromOp   Op
	ToOp     Op

	ID, Model []byte // of the answer, as Text; Model is what the client asked for when the provider does not say
	Created   int64
	Wants     bool     // the client asked for usage in its stream
	Wall      int64    // Unix seconds when the request came, for who must make a Created up
	Request   [16]byte // of the exchange, for who must make an ID up
	Usage     Usage
	Blocks    []Block

	Started  bool // EventStart was read
	Finished bool // an EventFinish was read
	Ended    bool // EventEnd was read

	R, W Side
	Room []byte // of a reader whose frames hold the frames of another dialect

	Extra func(dst []byte) []byte // appends the member "extra_fields" without comma, for a dialect whose clients bear it; nil: none
}

// A Side is the private state of a dialect's reader or writer. What the fields mean
// is the dialect's to say.
type Side struct {
	Began, Open, Done bool
	Block             int32 // the open block, or -1
	Next              int32 // the next index to give
	Seq               int64
	Finish            Finish
	Native, Stop      []byte
	Buf, Aux          []byte
	Flags             uint32
}

// ArrayStream, among Crossing.W.Flags before the first event, asks a writer whose
// format has both for one JSON array instead of server-sent events.
const ArrayStream uint32 = 1 << 31

// A Block is one part of a streamed answer.
type Block struct {
	Kind   PartKind
	Choice int32
	Key    int64  // the reader's: how the provider numbers it
	ID     []byte // as Text
	Name   []byte
	Sign   []byte
	Vendor Vendor
	Type   []byte // PartOther
	Media  []byte

	Held   []byte // the reader's: what waits for an earlier block to end
	Depth  int32  // the reader's: open brackets of the arguments so far
	Quoted bool   // the reader's: within a string of them
	Escape bool   // the reader's: behind a backslash in it
	Opened bool   // EventOpen was given
	Closed bool   // EventClose was given

	Out  int32  // the writer's: the index downstream
	Said []byte // the writer's: what it must repeat or wait for
	Aux  []byte
}

// Reset makes c ready for another stream and keeps its memory.
func (c *Crossing) Reset() {
	blocks := c.Blocks[:0]
	*c = Crossing{
		ID: c.ID[:0], Model: c.Model[:0], Blocks: blocks,
		R: c.R.reset(), W: c.W.reset(), Room: c.Room[:0],
	}
}

func (s *Side) reset() Side {
	return Side{Block: -1, Native: s.Native[:0], Stop: s.Stop[:0], Buf: s.Buf[:0], Aux: s.Aux[:0]}
}

// NewCrossing returns a Crossing that stands at the start of a stream.
func NewCrossing() *Crossing {
	c := new(Crossing)
	c.Reset()
	return c
}

// Add appends a block, whose memory is that of an earlier stream's, and returns its
// index. Pointers into Blocks are not valid afterwards.
func (c *Crossing) Add(kind PartKind, choice int32, key int64) int32 {
	n := len(c.Blocks)
	if n < cap(c.Blocks) {
		c.Blocks = c.Blocks[:n+1]
		b := &c.Blocks[n]
		*b = Block{
			ID: b.ID[:0], Name: b.Name[:0], Sign: b.Sign[:0], Type: b.Type[:0], Media: b.Media[:0],
			Held: b.Held[:0], Said: b.Said[:0], Aux: b.Aux[:0],
		}
	} else {
		c.Blocks = append(c.Blocks, Block{})
	}
	b := &c.Blocks[n]
	b.Kind, b.Choice, b.Key = kind, choice, key
	return int32(n)
}
