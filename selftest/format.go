package selftest

import "net/http"

// A format is one way of speaking, as its clients and servers do. What it cannot say is named by
// the words of facts, so that a loss is told from a fault.
type format struct {
	name string

	// path is where its clients ask, behind the gateway's address.
	path func(t *talk) string

	// ask writes t as its client does.
	ask func(t *talk) any

	// asked reads what a request says.
	asked func(d doc) *facts

	// told and heard read a reply and a stream.
	told  func(d doc) *said
	heard func(r *reply) *said

	// failed reads an error.
	failed func(r *reply) *fault

	head   map[string]string // header fields of its requests
	framed bool              // streams are AWS's
	muted  string            // words of facts that requests cannot say, each between blanks
	deaf   string            // words of facts that replies cannot say
}

// A reply is what came back.
type reply struct {
	status int
	head   http.Header
	body   []byte
	broken error // the connection ended before the reply did
}

// said is what a reply says.
type said struct {
	*facts
	replay any      // the assistant's message, to be sent back as it is
	wrong  []string // what is not as the format wants it
	ended  bool     // the reply says that it is complete
	fault  *fault   // told in a stream
}

// A fault is an error as a format tells it.
type fault struct {
	kind    string // the word of the format for its kind
	message string
	id      string // of the request, in the body
}

func newSaid() *said { return &said{facts: newFacts()} }

func (s *said) bad(what string) { s.wrong = append(s.wrong, what) }

// formats are all of them, in the order of the matrix.
func formats() []*format {
	return []*format{openaiFormat(), responsesFormat(), anthropicFormat(), geminiFormat(), converseFormat(), invokeFormat(), cohereFormat()}
}

// Formats are the names of the doors and upstreams.
func Formats() (names []string) {
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}
