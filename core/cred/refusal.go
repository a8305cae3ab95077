package cred

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A refusal is an answer without a credential.
type refusal struct {
	host   string
	status int
	after  time.Duration // Retry-After; 0: absent
	text   string        // the explanation in the answer, as told returns it; empty: none
}

func (r *refusal) Error() string {
	s := fmt.Sprintf("%s answered %d", r.host, r.status)
	if r.text != "" {
		s += ": " + r.text
	}
	return s
}

// ours reports whether the request itself is at fault, so that repeating it soon will not help.
func (r *refusal) ours() bool {
	return r.status >= 400 && r.status < 500 && r.status != http.StatusRequestTimeout && r.status != http.StatusTooManyRequests
}

// retryAfter reads the header in either form (RFC 9110 §10.2.3).
func retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if n, err := strconv.Atoi(text); err == nil && n >= 0 {
		return time.Duration(min(n, int(refusedPause/time.Second))) * time.Second
	}
	at, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return min(max(time.Until(at), 0), refusedPause)
}

// told returns the explanation in an error: OAuth's error and error_description
// (RFC 6749 §5.2), Google's status and message, the Code and Message of AWS. Nothing
// else of the body is repeated, since it is unknown. Texts in hide are removed.
func told(body []byte, hide ...Secret) string {
	text := says(body)
	for _, s := range hide {
		if s.Set() {
			text = strings.ReplaceAll(text, s.Reveal(), hidden)
		}
	}
	if len(text) > maxTold {
		text = text[:maxTold] + "..."
	}
	return text
}

func says(body []byte) string {
	var e struct {
		Error       json.RawMessage `json:"error"`
		Description string          `json:"error_description"`
		Code        string          `json:"Code"`
		Message     string          `json:"Message"`
		IBMCode     string          `json:"errorCode"`
		IBMMessage  string          `json:"errorMessage"`
	}
	if json.Unmarshal(body, &e) != nil {
		_, at := elements(body)
		return sentence(at["Code"], at["Message"])
	}
	var inner struct {
		Status  string `json:"status"`
		Message string `json:"message"`
	}
	var word string
	if json.Unmarshal(e.Error, &word) != nil && json.Unmarshal(e.Error, &inner) != nil {
		word = ""
	}
	return sentence(word, e.Description, inner.Status, inner.Message, e.Code, e.Message, e.IBMCode, e.IBMMessage)
}

// sentence joins non-empty parts and makes them fit for a line of a log.
func sentence(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(": ")
		}
		p, _, _ = strings.Cut(p, "\n")
		b.WriteString(strings.TrimSpace(p))
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, b.String())
}

// elements returns the texts of an XML document by element name, the first one for
// each name. root is the name of the outermost element.
func elements(body []byte) (root string, texts map[string]string) {
	d := xml.NewDecoder(strings.NewReader(string(body)))
	d.Entity = nil
	texts = map[string]string{}
	var open []string
	for {
		tok, err := d.RawToken()
		if err != nil {
			return root, texts
		}
		switch t := tok.(type) {
		case xml.StartElement:
			if open = append(open, t.Name.Local); root == "" {
				root = t.Name.Local
			}
		case xml.EndElement:
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		case xml.CharData:
			if len(open) == 0 {
				continue
			}
			if name := open[len(open)-1]; texts[name] == "" {
				texts[name] = strings.TrimSpace(string(t))
			}
		}
	}
}
