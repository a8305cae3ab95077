package selftest

import "net/http"

// A format has the functions of one format's clients and servers. The facts that it does not have are listed,
// so that losses can be distinguished from failures.
type format struct {
	name string

	// path is the path of its clients' requests.
	path func(t *talk) string

	// ask writes the request of its client for t.
	ask func(t *talk) any

	// asked reads a request.
	asked func(d doc) *facts

	// told and heard read a reply and a stream.
	told  func(d doc) *said
	heard func(r *reply) *said

	// failed reads an error.
	failed func(r *reply) *fault

	head   map[string]string // header fields of its requests
	framed bool              // streams are AWS's
	muted  string            // names of facts that requests do not have, each between blanks
	deaf   string            // names of facts that replies do not have
}

// A reply is an answer as received.
type reply struct {
	status int
	head   http.Header
	body   []byte
	broken error // the connection ended before the reply did
}

// said is the content of a reply.
type said struct {
	*facts
	replay any      // the assistant's message, to be sent back unchanged
	wrong  []string // violations of the format
	ended  bool     // the reply says that it is complete
	fault  *fault   // an error in a stream
}

// A fault is an error in a format.
type fault struct {
	kind    string // the word of the format for its kind
	message string
	id      string // of the request, in the body
}

func newSaid() *said { return &said{facts: newFacts()} }

func (s *said) bad(what string) { s.wrong = append(s.wrong, what) }

// formats are all formats, in the order of the matrix.
func formats() []*format {
	return []*format{openaiFormat(), responsesFormat(), anthropicFormat(), geminiFormat(), converseFormat(), invokeFormat(), cohereFormat()}
}

// Formats returns the names of the doors and upstreams.
func Formats() (names []string) {
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}
