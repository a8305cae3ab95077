package standin

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
)

// asked is the content of a request in any format, as far as an answer depends on it.
type asked struct {
	family string // of its format: openai, responses, anthropic, gemini, converse, cohere, ollama
	model  string
	stream bool

	tools   []tool
	choice  string // none, any, a tool's name after "="; empty: auto
	one     bool   // one call at a time
	schema  any    // nil: none
	json    bool   // JSON was requested, with or without a schema
	stops   []string
	thinks  bool // reasoning was switched on
	usage   bool // OpenAI: usage in the stream was requested
	n       int  // choices; 0 and 1: one
	calls   int  // calls in the whole conversation
	results []string
	files   []file // of the last user turn
}

type tool struct {
	name   string
	schema any
}

// A file is an image, document or sound of a request.
type file struct {
	kind string // media type
	data []byte
	url  string // instead of data
}

// A refusal is an error, independent of a vendor's format.
type refusal struct {
	status  int
	message string
	param   string
	code    string // the vendor's; empty: by status
}

func invalid(param, format string, args ...any) *refusal {
	return &refusal{status: 400, param: param, message: fmt.Sprintf(format, args...)}
}

// base64File adds a file given as base64 to q.
func (q *asked) base64File(kind, data string) *refusal {
	b, err := base64.StdEncoding.DecodeString(data)
	if err != nil || len(b) == 0 {
		return invalid("", "the %s is not valid base64", kind)
	}
	q.files = append(q.files, file{kind: kind, data: b})
	return nil
}

// urlFile adds the file that url refers to or contains to q.
func (q *asked) urlFile(kind, url string) *refusal {
	if rest, ok := strings.CutPrefix(url, "data:"); ok {
		head, data, ok := strings.Cut(rest, ",")
		media, b64 := strings.CutSuffix(head, ";base64")
		if !ok || !b64 {
			return invalid("", "a data URL must be base64")
		}
		return q.base64File(media, data)
	}
	if !strings.HasPrefix(url, "http://") && !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "gs://") {
		return invalid("", "%q is no URL of a file", url)
	}
	q.files = append(q.files, file{kind: kind, url: url})
	return nil
}

// String describes f by type, size and checksum.
func (f file) String() string {
	if f.url != "" {
		return f.kind + " at " + f.url
	}
	sum := sha256.Sum256(f.data)
	return fmt.Sprintf("%s of %d bytes %x", f.kind, len(f.data), sum[:4])
}

// unknown refuses a member of d that is not among the words of known.
func unknown(d doc, known string) (name string, ok bool) {
	for name := range d {
		if !strings.Contains(known, " "+name+" ") && !strings.HasPrefix(name, "x_") && !strings.HasPrefix(name, "x-") {
			return name, true
		}
	}
	return "", false
}
