package core

import "slices"

// A Chat is what a request for a conversation asks, in no provider's words: the
// neutral form that every dialect reads into and writes from. It aliases the body
// it was read from.
//
// Dialects keep in it what others can express. What only their own family knows
// stays in extras and PartOther, tagged by From, and reaches that family again.
type Chat struct {
	Tree
	From  *Dialect
	Op    Op // the face of From it was read from
	Turns []Turn
	Tools []Tool

	Model  Text
	Stream bool
	Usage  bool // the client wants usage in its stream

	Choice     ToolChoice
	ChoiceName Text   // the tool of ChooseNamed
	Allowed    []Text // of the tools, those that may be called; empty: all, as after Reset
	Parallel   Tri    // several calls in one turn

	Format     Format
	FormatName Text
	FormatNote Text   // its description
	Schema     []byte // raw JSON Schema of FormatSchema
	Strict     Tri    // of Schema

	Effort  Text  // "none", "minimal", "low", "medium", "high", "xhigh", "max", or a word nobody here knows; nil: not said
	Budget  int64 // tokens to think with: BudgetUnset, BudgetAuto, 0 for none
	Summary Text  // how thinking is to be shown: "auto", "concise", "detailed", "none"; nil: not said
	Shows   Tri   // thinking is to be shown
	Verbose Text  // "low", "medium", "high"

	// Numbers as they stood, raw JSON; nil: not said.
	MaxTokens, Temperature, TopP, TopK, N, Seed, FrequencyPenalty, PresencePenalty, TopLogprobs []byte

	Stop      []Text
	Logprobs  Tri
	LogitBias []byte // raw
	User      Text   // who asks, for the provider's abuse detection
	Tier      Text   // service tier, in From's words
	CacheKey  Text   // prompt_cache_key
	Previous  Text   // previous_response_id: state the provider holds
	Modes     []Text // what the answer may be made of: "text", "audio", "image"; nil: text
	Needs     Text   // a member of the request that changes what is asked and that only its own face knows; nil: none. Others are not asked
	Metadata  []byte // raw object
	Betas     []byte // raw array: the features of the model's vendor that a body asks for, as Bedrock's do and others' headers
	Store     Tri

	Shape uint32 // as in Part
	More  int32  // top-level members of From's family only

	// Dropped lists the request fields that AppendRequest left out because the target
	// has nothing like them and the answer is the same question's without them.
	Dropped []string
}

// What Chat.Budget says besides a number.
const (
	BudgetUnset = -2
	BudgetAuto  = -1 // as much as the model finds right
)

// A Tri is yes, no, or not said.
type Tri uint8

const (
	Unsaid Tri = iota
	No
	Yes
)

// Of is b as a Tri.
func Of(b bool) Tri {
	if b {
		return Yes
	}
	return No
}

// A Turn is one message. Its parts are Chat.Parts[From:To].
type Turn struct {
	Role     Role
	From, To int32
	Name     Text // of the participant
	Shape    uint16
	More     int32
}

// A Role is who speaks.
type Role uint8

const (
	User Role = iota
	Assistant
	System
	Developer // System by another name
	ToolRole  // PartResult parts only, one a turn or several
)

// A Tool is something the model may ask to be run.
type Tool struct {
	Name   Text
	Note   Text   // its description; nil: none
	Schema []byte // raw JSON Schema of its arguments; nil: not said
	Strict Tri
	Cache  Text // as in Part
	Shape  uint16
	More   int32

	Type Text   // not a function: what From calls it ("web_search_20250305", "custom", "googleSearch"); nil: a function
	Raw  []byte // the whole raw value of one that is not a function
}

// A ToolChoice is whether tools must be called.
type ToolChoice uint8

const (
	ChooseUnsaid ToolChoice = iota
	ChooseAuto
	ChooseNone
	ChooseAny   // one at least
	ChooseNamed // Chat.ChoiceName
)

// A Format is what the answer's text must be.
type Format uint8

const (
	FormatUnsaid Format = iota
	FormatText
	FormatJSON   // any object
	FormatSchema // Chat.Schema
)

// Reset empties c and keeps its memory, but for that of the lists whose nil says something.
func (c *Chat) Reset() {
	c.Tree.Reset()
	clear(c.Turns)
	clear(c.Tools)
	clear(c.Stop)
	*c = Chat{
		Tree: c.Tree, Turns: c.Turns[:0], Tools: c.Tools[:0], Stop: c.Stop[:0],
		Dropped: c.Dropped[:0], Budget: BudgetUnset,
	}
}

// Answers reports whether turn i brings results of calls, whoever it is said to be of.
func (c *Chat) Answers(i int) bool {
	for k := c.Turns[i].From; k < c.Turns[i].To; k++ {
		if c.Parts[k].Kind == PartResult {
			return true
		}
	}
	return false
}

// Amid reports whether c ends in a loop of tools, with results of calls, and no thought in
// that loop is one that the target takes back: then it has to go on without thinking.
func (c *Chat) Amid(takes func(*Part) bool) bool {
	i := len(c.Turns) - 1
	if i < 0 || !c.Answers(i) {
		return false
	}
	for ; i >= 0 && (c.Turns[i].Role != User || c.Answers(i)); i-- {
		if c.Turns[i].Role != Assistant {
			continue
		}
		for k := c.Turns[i].From; k < c.Turns[i].To; k++ {
			p := &c.Parts[k]
			if (p.Kind == PartThought || p.Kind == PartVeiled) && takes(p) {
				return false
			}
		}
	}
	return true
}

// NewChat returns an empty Chat.
func NewChat() *Chat { return &Chat{Budget: BudgetUnset} }

// mostDropped bounds Chat.Dropped: a client may send any number of members, and all of them go into one header.
const (
	mostDropped = 64
	maxNamed    = 80 // bytes of one name
)

// Drop notes that the request field name is left out. After many names one more says that there are others.
func (c *Chat) Drop(name string) {
	switch {
	case len(c.Dropped) == mostDropped:
		name = "and more"
	case len(c.Dropped) > mostDropped:
		return
	case len(name) > maxNamed:
		name = name[:maxNamed]
	}
	for _, d := range c.Dropped {
		if d == name {
			return
		}
	}
	c.Dropped = append(c.Dropped, name)
}

// DropExtras notes the members that only From's family has, of the request and of what is in it; sent as DropMembers.
func (c *Chat) DropExtras(sent ...string) {
	for more := c.More; more != 0; {
		var e Extra
		if e, more = c.Extra(more); c.Loses(&e) {
			c.Drop(string(e.Key))
		}
	}
	c.DropMembers(sent...)
}

// DropMembers notes the members that only From's family has in what the user sends and in what tools are: not in
// what the model said, where they ask for nothing. The members called sent are sent nevertheless.
func (c *Chat) DropMembers(sent ...string) {
	for i := range c.Turns {
		t := &c.Turns[i]
		for p := t.From; p < t.To && t.Role != Assistant; p++ {
			c.dropChain(c.Parts[p].More, "messages.content.", sent)
		}
	}
	for i := range c.Tools {
		if c.Tools[i].Type == nil {
			c.dropChain(c.Tools[i].More, "tools.", nil)
		}
	}
}

func (c *Chat) dropChain(more int32, where string, sent []string) {
	for more != 0 {
		var e Extra
		if e, more = c.Extra(more); len(e.Key) > 0 && c.Loses(&e) && !asIs(e.Key) && !slices.Contains(sent, string(e.Key)) {
			c.Drop(where + string(e.Key))
		}
	}
}

// Paper are the members of a document that Anthropic's Messages and Bedrock's Converse spell alike: what is to be
// known of it, and whether it is to be cited. Each of them writes what the other one kept.
var Paper = []string{"context", "citations"}

// PaperOf calls f with the members of the document p that are among Paper.
func (c *Chat) PaperOf(p *Part, f func(e *Extra)) {
	for more := p.More; more != 0; {
		var e Extra
		if e, more = c.Extra(more); len(e.Value) > 0 && e.Value[0] != 'n' && slices.Contains(Paper, string(e.Key)) {
			f(&e)
		}
	}
}

// asIs reports whether a member is kept for no more than to write a block or a tool again as it stood: what it
// says is in the neutral form too, or it asks for nothing.
func asIs(key Text) bool {
	switch string(key) {
	case "type", "id", "status", "index", "source", "cache_control", "annotations", "logprobs", "signature",
		"function", "parameters", "name", "description", "strict", "image_url", "input_audio", "file", "document_name",
		"file_data", "file_url", "filename", "detail", "phase":
		return true
	}
	return false
}

// Loses reports whether e said something that is not said if it is left out. A null said nothing. A choice
// among tools is kept as it stood, for its own family, and Choice and Allowed say the same. A member without a
// value is one of which the reader kept the name only.
func (c *Chat) Loses(e *Extra) bool {
	if len(e.Value) > 0 && e.Value[0] == 'n' {
		return false
	}
	return string(e.Key) != "tool_choice" || c.Choice == ChooseUnsaid
}

// DropParts notes what is left out of the turns for a target that takes the text of thoughts, but no signatures
// and no blocks of other families.
func (c *Chat) DropParts() {
	for i := range c.Parts {
		switch p := &c.Parts[i]; {
		case p.Kind == PartOther:
			c.Drop(string(p.Type))
		case p.Kind == PartVeiled, p.Kind == PartThought && len(p.Text) == 0 && len(p.Sign) > 0:
			c.Drop(LostThought)
		}
	}
}

// What a request loses that is no setting of its own goes by these names.
const (
	LostMarks   = "cache_control"          // marks of what a provider may keep
	LostThought = "thinking"               // what the model thought earlier, which nobody but its maker takes back
	LostTitle   = "messages.content.title" // the name of a file

	// Before the name of a keyword that the target's schemas do not have.
	LostOfSchema = "response_format.json_schema"
	LostOfTool   = "tools.parameters"
)

// DropMarks notes that what a provider may keep is not marked, if any of it was.
func (c *Chat) DropMarks() {
	for i := range c.Tools {
		if c.Tools[i].Cache != nil {
			c.Drop(LostMarks)
			return
		}
	}
	for i := range c.Parts {
		if c.Parts[i].Cache != nil {
			c.Drop(LostMarks)
			return
		}
	}
}

// Begin starts a turn; the parts that are added next are its own. Pointers into
// Turns are not valid afterwards.
func (c *Chat) Begin(r Role) int {
	c.Turns = append(c.Turns, Turn{Role: r, From: int32(len(c.Parts)), To: int32(len(c.Parts))})
	return len(c.Turns) - 1
}

// End closes the turn at i.
func (c *Chat) End(i int) { c.Turns[i].To = int32(len(c.Parts)) }

// Lead puts the turns from there on before all others: instructions come first,
// wherever they stand in a body.
func (c *Chat) Lead(from int) {
	if from == 0 || from == len(c.Turns) {
		return
	}
	slices.Reverse(c.Turns[:from])
	slices.Reverse(c.Turns[from:])
	slices.Reverse(c.Turns)
}
