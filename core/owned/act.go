package owned

import (
	"bytes"
	"net/url"
)

// A Verb is what a request does about things.
type Verb uint8

// The verbs.
const (
	Free   Verb = iota // nothing: it is about nobody's things
	Make               // make one
	Use                // look at one, change it, or have something done with it
	Remove             // remove one
	List               // see which there are
	Shut               // see or change what is nobody's
)

// An Act is what a request does, as far as its line says.
type Act struct {
	Verb  Verb
	Kind  string
	ID    string // of Use and Remove
	Makes bool   // Use of one makes another one of its Kind
	Inner bool   // Use of what is in one, or of a verb: the reply does not describe it
	Path  string // the room's; empty: of none
}

// ReadAct reads the line of a request: path is what follows the door's prefix, percent-encoded and
// without a query.
func ReadAct(method string, path []byte) Act {
	if len(path) > maxPath {
		return Act{Verb: Shut}
	}
	reads := method == "GET" || method == "HEAD"
	plain := strip(decoded(path))
	low := lower(bytes.Clone(plain))
	if method == "POST" {
		for i := range verbs {
			if bytes.HasSuffix(low, []byte(verbs[i].verb)) {
				return Act{Verb: Make, Kind: verbs[i].kind}
			}
		}
	}
	if bytes.HasPrefix(low, []byte("/models/")) || bytes.HasPrefix(low, []byte("/publishers/")) {
		return modelAct(method, plain, low)
	}
	r, rest := room(low)
	if r == nil {
		return Act{}
	}
	a := Act{Kind: r.Kind, Path: r.Path}
	rest = plain[len(plain)-len(rest):]
	switch {
	case r.Closed:
		a.Verb = Shut
	case r.Loose:
		if len(rest) == 0 && method != "POST" {
			a.Verb = Shut
		}
	case r.Kind == "":
	case len(rest) == 0 && reads && !r.Single:
		a.Verb = List
	case len(rest) == 0 && method == "POST", len(rest) > 0 && rest[0] == ':' && method == "POST":
		a.Verb = Make
	case len(rest) < 2 || rest[0] != '/':
		a.Verb = Shut // no vendor has it
	default:
		a.one(method, rest[1:])
	}
	return a
}

// one reads the rest of a path that names a thing: ID, ID:verb, or ID/more.
func (a *Act) one(method string, rest []byte) {
	id, more, deeper := bytes.Cut(rest, []byte("/"))
	verb := false
	if a.Kind == invocations { // an ARN holds slashes and colons, and the id is its end
		id, more, deeper = rest[bytes.LastIndexByte(rest, '/')+1:], nil, false
	} else if i := bytes.LastIndexByte(id, ':'); i > 0 && !bytes.HasPrefix(id, []byte("ft:")) {
		id, verb = id[:i], true
	}
	if len(id) == 0 || len(id) > MaxID {
		a.Verb = Shut
		return
	}
	a.Verb, a.ID, a.Inner = Use, string(id), deeper || verb
	if method == "DELETE" && !deeper && !verb {
		a.Verb = Remove
	}
	a.Makes = method == "POST" && string(lower(bytes.Clone(more))) == "remix"
}

// modelAct reads a path below /models or /publishers: models are everybody's but for those that came of fine tuning, and
// what Google's models make for long is asked for below them.
func modelAct(method string, plain, low []byte) Act {
	const operations = "/operations/"
	if i := bytes.LastIndex(low, []byte(operations)); i >= 0 {
		a := Act{Kind: Operations}
		a.one(method, plain[i+len(operations):])
		return a
	}
	if method != "DELETE" {
		return Act{}
	}
	id := plain[bytes.LastIndexByte(plain, '/')+1:]
	if len(id) == 0 || len(id) > MaxID {
		return Act{Verb: Shut}
	}
	return Act{Verb: Remove, Kind: Models, ID: string(id)}
}

// room finds the room of a path in lower case, and what follows its own.
func room(low []byte) (*Room, []byte) {
	for i := range rooms {
		r := &rooms[i]
		if n := len(r.Path); len(low) >= n && string(low[:n]) == r.Path && (len(low) == n || low[n] == '/' || low[n] == ':') {
			return r, low[n:]
		}
	}
	return nil, nil
}

// strip takes off what stands before a room's path, and a slash at the end.
func strip(path []byte) []byte {
	path = bytes.TrimSuffix(path, []byte("/"))
next:
	for {
		for _, v := range versions {
			if n := len(v); len(path) > n && path[n] == '/' && bytes.EqualFold(path[:n], []byte(v)) {
				path = path[n:]
				continue next
			}
		}
		rest, ok := behind(path, "/deployments/") // Azure's, which name a model
		if !ok {
			if rest, ok = behind(path, "/projects/"); ok { // Vertex AI's, which name an account
				rest, ok = behind(rest, "/locations/")
			}
		}
		if !ok {
			return path
		}
		path = rest
	}
}

// behind is what follows word and one more segment at the beginning of a path.
func behind(path []byte, word string) ([]byte, bool) {
	n := len(word)
	if len(path) < n || !bytes.EqualFold(path[:n], []byte(word)) {
		return path, false
	}
	i := bytes.IndexByte(path[n:], '/')
	if i <= 0 {
		return path, false
	}
	return path[n+i:], true
}

// decoded returns a copy of a path without its escapes. The data plane let no path pass with one that
// is broken, or that stands for what separates parts.
func decoded(path []byte) []byte {
	text, err := url.PathUnescape(string(path))
	if err != nil {
		return bytes.Clone(path)
	}
	return []byte(text)
}

// lower puts b in lower case, in place.
func lower(b []byte) []byte {
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return b
}
