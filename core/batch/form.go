package batch

import (
	"bytes"
	"strings"
)

// A Form is how a provider speaks of batches.
type Form uint8

const (
	NoForm    Form = iota
	OpenAI         // a file of requests, a file of results
	Anthropic      // requests in the body, results by line
	Gemini         // requests in the body or a file, results in the object or a file
	Unknown        // it begins a batch, in a form that nobody here reads
)

// String is the name of f in notes.
func (f Form) String() string { return [...]string{"", "openai", "anthropic", "gemini", "unknown"}[f] }

// Named is the Form of a name; NoForm: there is none.
func Named(name string) Form {
	for f := OpenAI; f < Unknown; f++ {
		if f.String() == name {
			return f
		}
	}
	return NoForm
}

// A Door is the path under which a gateway has a Form's own paths, without a slash at its end.
func (f Form) Door() string {
	switch f {
	case Anthropic:
		return "/anthropic/v1"
	case Gemini:
		return "/genai/v1beta"
	}
	return "/v1"
}

// Begins tells whether a relayed request with a body begins a batch, by the name of the client's dialect and
// its path behind the door. place is where such batches are found: their names go behind it.
//
// Sources: https://platform.openai.com/docs/api-reference/batch,
// https://docs.mistral.ai/api/endpoint/batch, https://docs.anthropic.com/en/api/creating-message-batches,
// https://ai.google.dev/api/batch-api
func Begins(dialect string, path []byte) (f Form, place string) {
	path = plain(path)
	last := path[bytes.LastIndexByte(path, '/')+1:]
	switch dialect {
	case "openai", "mistral":
		switch string(path) {
		case "/batches":
			return OpenAI, "/batches"
		case "/batch/jobs":
			return OpenAI, "/batch/jobs"
		}
	case "anthropic":
		if string(path) == "/messages/batches" {
			return Anthropic, "/messages/batches"
		}
	case "gemini":
		if bytes.HasPrefix(path, []byte("/models/")) && (bytes.HasSuffix(last, []byte(":batchGenerateContent")) || bytes.HasSuffix(last, []byte(":asyncBatchEmbedContent"))) {
			return Gemini, ""
		}
	}
	if sounds(path, last) {
		return Unknown, ""
	}
	return NoForm, ""
}

// sounds reports whether a path is that of something that works on many requests by itself, as far as its
// words tell. What is done to one that there is, such as cancelling it, does not begin any.
func sounds(path, last []byte) bool {
	if len(last) > maxSegment {
		last = last[:maxSegment]
	}
	word := strings.ToLower(string(last))
	if i := strings.LastIndexByte(word, ':'); i >= 0 {
		word = word[i+1:]
	}
	for _, tends := range [...]string{"update", "file_batch", "batchcreate", "batchupdate", "batchdelete", "batchget"} { // things that are kept
		if strings.HasPrefix(word, tends) {
			return false
		}
	}
	if strings.Contains(word, "batch") || word == "embed-jobs" || word == "model-invocation-job" {
		return true
	}
	return word == "requests" && bytes.Contains(path, []byte("/batches/")) // xAI's are filled one by one
}

// Asks tells which batch a request is about that reads one; ok is false for all others.
func Asks(dialect string, path []byte) (f Form, name string, ok bool) {
	path = plain(path)
	for _, k := range [...]struct {
		dialect, place string
		form           Form
	}{
		{"openai", "/batches/", OpenAI}, {"openai", "/batch/jobs/", OpenAI}, {"mistral", "/batch/jobs/", OpenAI}, {"mistral", "/batches/", OpenAI},
		{"anthropic", "/messages/batches/", Anthropic}, {"gemini", "/batches/", Gemini},
	} {
		rest, is := bytes.CutPrefix(path, []byte(k.place))
		if k.dialect != dialect || !is {
			continue
		}
		if i := bytes.IndexAny(rest, "/:"); i >= 0 {
			rest = rest[:i]
		}
		if len(rest) == 0 || len(rest) > MaxID {
			return NoForm, "", false
		}
		if k.form == Gemini {
			return Gemini, "batches/" + string(rest), true
		}
		return k.form, string(rest), true
	}
	return NoForm, "", false
}

// Stores reports whether a request with a body only puts a file in place: no model works on it.
func Stores(dialect string, path []byte) bool {
	path = plain(path)
	return string(path) == "/files" || bytes.HasPrefix(path, []byte("/uploads")) && dialect == "openai"
}

// plain is a path without the version before it, which is there where a client passes through to one provider, and
// without a slash at its end, which most servers overlook.
func plain(path []byte) []byte {
	path = bytes.TrimSuffix(path, []byte("/"))
	for _, v := range [...]string{"/openai", "/v1beta1", "/v1beta", "/v1"} {
		if rest, ok := bytes.CutPrefix(path, []byte(v)); ok && len(rest) > 0 && rest[0] == '/' {
			path = rest
		}
	}
	return path
}

// Where is the path below a Form's Door at which a batch is asked about, and results is that of its results;
// empty: the object says where they are. name is what the provider calls it, place as Begins has it.
func (f Form) Where(place, name string) (path, results string) {
	switch f {
	case Anthropic:
		return place + "/" + name, place + "/" + name + "/results"
	case Gemini:
		return "/" + name, ""
	}
	return place + "/" + name, ""
}

// File is the path, from the root of a gateway, of the content of a file that a provider keeps.
func (f Form) File(name string) string {
	if f == Gemini {
		return "/genai/download/v1beta/" + name + ":download?alt=media"
	}
	return f.Door() + "/files/" + name + "/content"
}

// Plain reports whether a name can stand in a path as it is.
func Plain(name string) bool {
	for i := range len(name) {
		c := name[i]
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '-' || c == '.' || c == '/') {
			return false
		}
	}
	return name != "" && len(name) <= MaxID && !strings.Contains(name, "..") && !strings.Contains(name, "//")
}
