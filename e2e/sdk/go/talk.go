package main

import "context"

// A talk is a conversation to send, in no SDK's words.
type talk struct {
	model    string
	system   string
	turns    []turn
	tools    []tool
	choice   string // none, any, a tool's name after "="; empty: auto
	one      bool   // one call at a time
	schema   map[string]any
	think    bool
	stops    []string
	extra    bool // a member that only the format of the SDK knows: x_probe
	stream   bool
	onDelta  func() // called at each piece of a stream; nil: nobody waits
	attempts int    // how often the SDK may try; 0: once
}

// A turn is a user's, the model's, or the results of tools.
type turn struct {
	text    string
	files   []file
	said    *reply   // the model's own turn, to be sent back as the SDK has it
	results []result // in the order they are sent
}

type file struct {
	kind string // image/png, application/pdf
	data []byte
}

type result struct {
	call call
	text string
}

type tool struct {
	name, help string
	schema     map[string]any
}

type call struct {
	id, name string
	args     map[string]any
}

// A reply is what an SDK made of an answer.
type reply struct {
	text, think, sign string
	refusal           string
	calls             []call
	finish            string // stop, length, tool, sequence, refuse; the SDK's own word when it is none of them
	in, out           int64  // tokens; -1: the format does not tell
	cached, written   int64
	thought           int64
	own               any // the SDK's object: what turn.said is made of
}

// A fault is an SDK's own error.
type fault struct {
	status  int
	kind    string // of the vendor
	message string
	request string // id; empty: the SDK has none
}

// An sdk is one client library, or one way to use it.
type sdk struct {
	name   string
	family string // the one whose format it speaks
	// ask makes one call. An error is the SDK's.
	ask func(ctx context.Context, q *talk) (*reply, error)
	// fault reads the SDK's own type of error; nil: err is of another type.
	fault func(err error) *fault
	// cannot tells what the SDK's format has no words for; nil: nothing.
	cannot map[string]string
	// others are calls that are not conversations.
	others map[string]func(ctx context.Context) error
}

func sdks(p *place) []*sdk {
	return []*sdk{openaiChat(p), openaiAzure(p), openaiResponses(p), anthropicMessages(p), anthropicBedrock(p), anthropicVertex(p),
		googleGenAI(p), googleVertex(p), awsConverse(p), cohereChat(p)}
}
