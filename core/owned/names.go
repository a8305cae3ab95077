package owned

import (
	"bytes"
	"time"

	"asbru/core/scan"
)

// A Ref names a thing at some provider.
type Ref struct {
	Kind, ID string
	Expires  int64 // Unix seconds; 0: not known
}

// A shape is the way in which the value of a member names a thing.
type shape uint8

const (
	bare    shape = iota // the id, or a name of Google's that ends with the id
	google               // a name of Google's; other values name nothing
	address              // an address with /files/ID in its path; other values name nothing
)

// member is a member of a body that names one thing or a list of things.
type member struct {
	name, kind string
	shape      shape
}

// asked are the members of requests that name things.
var asked = [...]member{
	{"file_id", Files, bare}, {"input_file_id", Files, bare}, {"file_ids", Files, bare}, {"training_file", Files, bare}, {"validation_file", Files, bare},
	{"training_files", Files, bare}, {"validation_files", Files, bare}, {"input_files", Files, bare},
	{"vector_store_id", Stores, bare}, {"vector_store_ids", Stores, bare},
	{"container", Containers, bare}, {"container_id", Containers, bare},
	{"cachedContent", Contents, bare}, {"cached_content", Contents, bare},
	{"fileName", Files, google}, {"file_name", Files, google},
	{"fileUri", Files, address}, {"file_uri", Files, address}, {"uri", Files, address},
	{"batch_id", Batches, bare}, {"video_id", Videos, bare}, {"dataset_id", "datasets", bare},
}

// told are the members of replies that name results of a thing, which belong to the owner of the thing.
var told = [...]member{
	{"output_file_id", Files, bare}, {"error_file_id", Files, bare}, {"output_file", Files, bare}, {"error_file", Files, bare}, {"result_files", Files, bare},
	{"fine_tuned_model", Models, bare},
	{"responsesFile", Files, google}, {"uri", Files, address},
}

// echoes are the members of replies that repeat text of a client or a model.
var echoes = [...]string{"metadata", "labels", "tags", "input", "inputs", "request", "requests", "inputConfig", "inlinedResponses", "candidates"}

// AppendRefs appends the things that the body of a request names to refs. It returns false if there
// are more than MaxRefs.
func AppendRefs(refs []Ref, body []byte) ([]Ref, bool) {
	s := search{members: asked[:], refs: refs}
	s.value(body, nil, 0)
	return s.refs, len(s.refs) <= MaxRefs
}

// A search finds the names of things in a body.
type search struct {
	members []member
	skip    []string // members that are not searched
	refs    []Ref
	room    []byte
}

// value searches a value, that of m if its member names things; otherwise m is nil.
func (s *search) value(raw []byte, m *member, depth int) {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	if len(raw) == 0 || depth > maxDepth || len(s.refs) > MaxRefs {
		return
	}
	switch raw[0] {
	case '"':
		if m != nil {
			s.name(raw, m)
		}
	case '[':
		w := scan.Elements(raw)
		for _, v, ok := w.Next(); ok; _, v, ok = w.Next() {
			s.value(v, m, depth+1)
		}
	case '{':
		w := scan.Members(raw)
		for k, v, ok := w.Next(); ok; k, v, ok = w.Next() {
			if key := s.plain(k); !s.skips(key) {
				s.value(v, s.member(key), depth+1)
			}
		}
	}
}

// plain returns a key with its escapes decoded.
func (s *search) plain(key []byte) []byte {
	if bytes.IndexByte(key, '\\') < 0 {
		return key
	}
	s.room = scan.AppendUnescaped(s.room[:0], key)
	return s.room
}

func (s *search) skips(key []byte) bool {
	for _, name := range s.skip {
		if string(key) == name {
			return true
		}
	}
	return false
}

func (s *search) member(key []byte) *member {
	for i := range s.members {
		if string(key) == s.members[i].name {
			return &s.members[i]
		}
	}
	return nil
}

// name adds the thing that the string raw names.
func (s *search) name(raw []byte, m *member) {
	text, ok := scan.Unquote(nil, raw)
	if !ok || len(text) == 0 {
		return
	}
	id := text
	switch m.shape {
	case google:
		if id, ok = bytes.CutPrefix(text, []byte("files/")); !ok {
			return
		}
	case address:
		const place = "/files/"
		i := bytes.LastIndex(text, []byte(place))
		if i < 0 || !bytes.Contains(text[:i+1], []byte("/v1")) {
			return
		}
		id = text[i+len(place):]
		if end := bytes.IndexAny(id, ":?#/"); end >= 0 {
			id = id[:end]
		}
	default:
		id = text[bytes.LastIndexByte(text, '/')+1:]
	}
	if len(id) > 0 && len(id) <= MaxID {
		s.refs = append(s.refs, Ref{Kind: m.kind, ID: string(id)})
	}
}

// ids are the members that name the thing an object describes, the most reliable first. name may have been
// chosen by the client, so it is the last.
var ids = [...]string{"id", "job_id", "request_id", "invocationArn", "name"}

// nests are the members that hold the thing itself in replies that hold more than that.
var nests = [...]string{"file", "files", "batch", "video", "connector", "finetuned_model", "dataset"}

// ReadReply reads the reply to a. made are the things that a made, if it makes any; beside are further
// things named in the reply, which belong to the owner of the thing. A truncated reply is read up to its
// end.
func ReadReply(a Act, body []byte) (made, beside []Ref) {
	body = bytes.TrimLeft(body, " \t\r\n")
	if a.Verb == Make || a.Makes {
		made = thing(a, body, true)
	} else if a.Verb == Use {
		for _, r := range thing(a, body, false) { // its expiry may have changed
			if r.Kind == a.Kind && r.ID == a.ID && r.Expires > 0 {
				beside = append(beside, r)
			}
		}
		if a.Kind == "uploads" {
			beside = append(beside, nested(Act{Kind: Files}, body)...)
		}
	}
	switch a.Kind {
	case Batches, Tunings, Operations, Videos: // not Files, whose members are chosen by their owner
		s := search{members: told[:], skip: echoes[:], refs: beside}
		s.value(body, nil, 0)
		beside = s.refs
	}
	return made, beside
}

// thing returns the thing that the object body describes, with those that it lies in.
func thing(a Act, body []byte, nests bool) (refs []Ref) {
	var at [len(ids)][]byte
	var expires int64
	w := scan.Members(body)
	for k, v, ok := w.Next(); ok; k, v, ok = w.Next() {
		for i, name := range ids {
			if string(k) == name && at[i] == nil {
				at[i] = v
			}
		}
		if a.Path == "/threads/runs" && string(k) == "thread_id" {
			at[0] = v
		}
		expires = max(expires, expiry(k, v))
	}
	for i := range at {
		if text, ok := scan.Unquote(nil, at[i]); ok && len(text) > 0 && len(text) <= MaxID {
			refs = split(a.Kind, text)
			for i := range refs {
				refs[i].Expires = expires
			}
			return refs
		}
	}
	if nests {
		return nested(a, body)
	}
	return nil
}

// nested returns the things that the members in nests describe.
func nested(a Act, body []byte) (refs []Ref) {
	w := scan.Members(body)
	for k, v, ok := w.Next(); ok; k, v, ok = w.Next() {
		for _, name := range nests {
			if string(k) != name || len(v) == 0 {
				continue
			}
			if v[0] == '{' {
				refs = append(refs, thing(a, v, false)...)
			}
			l := scan.Elements(v)
			for _, v, ok := l.Next(); ok && len(refs) < MaxRefs; _, v, ok = l.Next() {
				refs = append(refs, thing(a, v, false)...)
			}
		}
	}
	return refs
}

// split reads a name: an id, or a name of Google's, COLLECTION/ID/COLLECTION/ID.
func split(kind string, text []byte) (refs []Ref) {
	if bytes.IndexByte(text, '/') < 0 {
		return []Ref{{Kind: kind, ID: string(text)}}
	}
	last := text[bytes.LastIndexByte(text, '/')+1:]
	for len(text) > 0 {
		var word, id []byte
		word, text, _ = bytes.Cut(text, []byte("/"))
		id, text, _ = bytes.Cut(text, []byte("/"))
		if k := kindOf(word); k != "" && len(id) > 0 {
			refs = append(refs, Ref{Kind: k, ID: string(id)})
		}
	}
	if len(refs) == 0 && len(last) > 0 {
		refs = []Ref{{Kind: kind, ID: string(last)}}
	}
	return refs
}

// expiry returns the time at which a thing expires according to one of its members; 0: it is not about that.
func expiry(key, value []byte) int64 {
	switch string(key) {
	case "expires_at":
		if n, ok := scan.Int(value); ok && n > 0 {
			return n
		}
	case "expirationTime", "expireTime":
		if text, ok := scan.Plain(value); ok {
			if t, err := time.Parse(time.RFC3339Nano, string(text)); err == nil {
				return max(t.Unix(), 0)
			}
		}
	}
	return 0
}
