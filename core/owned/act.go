package owned

import (
	"bytes"
	"net/url"
)

// A Verb is what a request does with things.
type Verb uint8

// The verbs.
const (
	Free   Verb = iota // nothing: it is about no owned thing
	Make               // make one
	Use                // read one, change it, or act on it
	Remove             // remove one
	List               // list those that exist
	Shut               // read or change what belongs to the account as a whole
)

// An Act is what a request does, as far as its request line shows.
type Act struct {
	Verb  Verb
	Kind  string
	ID    string // the thing that Use and Remove are about
	Makes bool   // this Use makes another thing of the same Kind
	Inner bool   // this Use is of a part of the thing, or a verb: the reply does not describe the thing
	Path  string // that of the Room; empty: in none
}

// ReadAct reads a request line. path is the part after the door's prefix, percent-encoded and without
// a query.
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
		a.Verb = Shut // no vendor has such a path
	default:
		a.one(method, rest[1:])
	}
	return a
}

// one reads the rest of a path that names a thing: ID, ID:verb, or ID/more.
func (a *Act) one(method string, rest []byte) {
	id, more, deeper := bytes.Cut(rest, []byte("/"))
	verb := false
	if a.Kind == invocations { // an ARN contains slashes and colons, and the id is its last part
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

// modelAct reads a path below /models or /publishers. Models belong to no caller, except for the results
// of fine-tuning. The long-running operations of Google's models also lie below these paths.
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

// room finds the Room of a path in lower case, and the rest of the path.
func room(low []byte) (*Room, []byte) {
	for i := range rooms {
		r := &rooms[i]
		if n := len(r.Path); len(low) >= n && string(low[:n]) == r.Path && (len(low) == n || low[n] == '/' || low[n] == ':') {
			return r, low[n:]
		}
	}
	return nil, nil
}

// strip removes the parts of a path before a room's, and a slash at the end.
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
		rest, ok := behind(path, "/deployments/") // of Azure, where they name a model
		if !ok {
			if rest, ok = behind(path, "/projects/"); ok { // of Vertex AI, where they name an account
				rest, ok = behind(rest, "/locations/")
			}
		}
		if !ok {
			return path
		}
		path = rest
	}
}

// behind returns the rest of a path that begins with word and one more segment.
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

// decoded returns a copy of a path with its escapes decoded. The data plane has already refused paths
// with malformed escapes and with escaped separators.
func decoded(path []byte) []byte {
	text, err := url.PathUnescape(string(path))
	if err != nil {
		return bytes.Clone(path)
	}
	return []byte(text)
}

// lower converts b to lower case in place.
func lower(b []byte) []byte {
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return b
}
