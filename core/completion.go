package core

// A Completion is a complete reply to a Chat, in no provider's words. It aliases the
// body it was read from.
type Completion struct {
	Tree
	From    *Dialect
	Op      Op
	ID      Text
	Model   Text  // as the provider calls it; nil: not said
	Created int64 // Unix seconds; 0: not said
	Choices []Choice
	Usage   Usage
	Fault   *Fault // why the provider gave no answer, in a reply that is a success by its status; nil: it gave one
	Tier    Text
	Shape   uint32
	More    int32
}

// A Choice is one of the alternatives of a Completion; most have just one. Its parts are
// Completion.Parts[From:To].
type Choice struct {
	From, To int32
	Index    int64
	Finish   Finish
	Native   Text   // the finish reason in the provider's word
	Stopped  Text   // the stop sequence that was met; nil: not said
	Logprobs []byte // raw, OpenAI's form: an array of {token, logprob, bytes, top_logprobs}; nil: none
	Shape    uint16
	More     int32 // of the choice
	Message  int32 // extras of the message in it
}

// A Finish is why the model stopped.
type Finish uint8

const (
	FinishUnsaid Finish = iota
	FinishStop
	FinishStopped  // at a stop sequence
	FinishLength   // at the token limit
	FinishCalls    // to have tools run
	FinishFiltered // a filter, a guardrail or the model itself refused
	FinishPaused   // the turn goes on when what was said is sent back
	FinishFailed   // the provider could not go on
)

// NewCompletion returns an empty Completion.
func NewCompletion() *Completion { return new(Completion) }

// Reset empties a and keeps its memory.
func (a *Completion) Reset() {
	a.Tree.Reset()
	clear(a.Choices)
	*a = Completion{Tree: a.Tree, Choices: a.Choices[:0]}
}

// Begin starts a choice; the parts that are added next are its own. Pointers into
// Choices are not valid afterwards.
func (a *Completion) Begin(index int64) int {
	n := int32(len(a.Parts))
	a.Choices = append(a.Choices, Choice{From: n, To: n, Index: index})
	return len(a.Choices) - 1
}

// End closes the choice at i.
func (a *Completion) End(i int) { a.Choices[i].To = int32(len(a.Parts)) }
