package standin

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// doc is a JSON object of a request.
type doc = map[string]any

// obj is a JSON object to write: alternating names and values, in the order in which they are written. A member
// with the value [omitted] is left out.
type obj []any

// omitted is the value of a member that is not written.
type omitted struct{}

// MarshalJSON writes o.
func (o obj) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i := 0; i+1 < len(o); i += 2 {
		if o[i+1] == any(omitted{}) {
			continue
		}
		if len(b) > 1 {
			b = append(b, ',')
		}
		b = append(append(append(b, encode(o[i])...), ':'), encode(o[i+1])...)
	}
	return append(b, '}'), nil
}

// unless returns v, or omitted if gone.
func unless(gone bool, v any) any {
	if gone {
		return omitted{}
	}
	return v
}

// encode writes v without the escapes that only HTML needs. It panics if v cannot be written.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(fmt.Sprintf("standin: cannot write %T: %v", v, err))
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func object(v any) doc {
	d, _ := v.(doc)
	return d
}

// at follows members into d; nil if one is missing.
func at(d doc, path ...string) any {
	var v any = d
	for _, name := range path {
		v = object(v)[name]
	}
	return v
}

// either returns the member of d with one of two names.
func either(d doc, a, b string) any {
	if v, ok := d[a]; ok {
		return v
	}
	return d[b]
}
