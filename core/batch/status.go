package batch

import (
	"errors"
	"strings"
	"time"

	"asbru/core"
	"asbru/core/scan"
)

// A State is how a batch stands.
type State uint8

const (
	Working State = iota // it is under way, or what it says is not known here
	Ended                // it is over, and what was done has results
	Failed               // it is over before anything was done
)

// String is the name of s in logs.
func (s State) String() string { return [...]string{"working", "ended", "failed"}[s] }

// A Status is what a provider says of a batch.
type Status struct {
	Name    string // as the provider calls it
	State   State
	Word    string   // the state in the provider's words
	Created int64    // when the provider began it, Unix seconds by its clock; 0: it does not say
	Files   []string // of results, and of what went wrong; empty: there are none
	Inline  []byte   // an array of results that stand in the object; nil: they do not. It aliases the object
	Usage   core.Usage
	Total   int64 // requests in it; 0: it does not say
	Answers int64 // of these, those that a model answered; -1: it does not say
}

var errNoBatch = errors.New("is no object of a batch")

// Read reads the object of a batch: what creating one answers, and what asking about it does.
func Read(f Form, body []byte) (s Status, err error) {
	s.Answers = -1
	switch f {
	case OpenAI:
		readOpenAI(body, &s)
	case Anthropic:
		readAnthropic(body, &s)
	case Gemini:
		readGemini(body, &s)
	}
	if !Plain(s.Name) {
		return Status{Answers: -1}, errNoBatch
	}
	return s, nil
}

// readOpenAI reads the object of OpenAI's Batch API, and Mistral's and Together's, whose words are in capitals
// and partly others.
func readOpenAI(body []byte, s *Status) {
	errors := ""
	w := scan.Members(body)
	for key, value, ok := w.Next(); ok; key, value, ok = w.Next() {
		switch string(key) {
		case "id":
			s.Name = word(value)
		case "status":
			s.Word = strings.ToLower(word(value))
		case "created_at":
			s.Created = when(value)
		case "output_file_id", "output_file":
			s.Files = file(s.Files, value)
		case "error_file_id", "error_file":
			errors = word(value)
		case "outputs": // Mistral's, of small batches
			if len(value) > 2 && value[0] == '[' {
				s.Inline = value
			}
		case "request_counts":
			s.Total, s.Answers = max(number(value, "total"), 0), number(value, "completed")
		case "total_requests":
			s.Total, _ = scan.Whole(value)
		case "succeeded_requests":
			s.Answers, _ = scan.Whole(value)
		case "usage":
			readTotals(value, &s.Usage)
		case "job": // Together's answer to a new one
			if s.Name == "" {
				readOpenAI(value, s)
			}
		}
	}
	if Plain(errors) {
		s.Files = append(s.Files, errors)
	}
	switch s.Word {
	case "completed", "expired", "cancelled", "success", "timeout_exceeded":
		s.State = Ended
	case "failed":
		if s.State = Ended; len(s.Files) == 0 && len(s.Inline) == 0 && s.Answers <= 0 {
			s.State = Failed
		}
	}
}

// readTotals reads the usage of a whole batch, which newer objects of OpenAI's have.
func readTotals(raw []byte, u *core.Usage) {
	if len(raw) == 0 || raw[0] != '{' {
		return
	}
	var bad bool
	for _, c := range [...]struct {
		at   []byte
		name string
		n    *int64
	}{
		{raw, "input_tokens", &u.In}, {raw, "output_tokens", &u.Out},
		{member(raw, "input_tokens_details"), "cached_tokens", &u.CachedIn},
		{member(raw, "output_tokens_details"), "reasoning_tokens", &u.Reasoning},
	} {
		v := member(c.at, c.name)
		n, ok := scan.Whole(v)
		if len(v) > 0 && (!ok || n < 0) {
			bad = true
		}
		*c.n = n
	}
	u.Known, u.Bad = u.In > 0 || u.Out > 0, bad
}

// readAnthropic reads a message batch.
func readAnthropic(body []byte, s *Status) {
	w := scan.Members(body)
	for key, value, ok := w.Next(); ok; key, value, ok = w.Next() {
		switch string(key) {
		case "id":
			s.Name = word(value)
		case "processing_status":
			s.Word = word(value)
		case "created_at":
			s.Created = when(value)
		case "request_counts":
			s.Answers = number(value, "succeeded")
			for _, name := range [...]string{"processing", "succeeded", "errored", "canceled", "expired"} {
				s.Total += max(number(value, name), 0)
			}
		}
	}
	if s.Word == "ended" {
		s.State = Ended
	}
}

// readGemini reads the operation that a batch is at Google.
func readGemini(body []byte, s *Status) {
	done, wrong := false, false
	w := scan.Members(body)
	for key, value, ok := w.Next(); ok; key, value, ok = w.Next() {
		switch string(key) {
		case "name":
			s.Name = word(value)
		case "done":
			done, _ = scan.Bool(value)
		case "error":
			wrong = len(value) > 0 && value[0] == '{'
		case "response":
			results(value, s)
		case "metadata":
			s.Word, s.Created = word(member(value, "state")), when(member(value, "createTime"))
			if out := member(value, "output"); len(s.Files) == 0 && s.Inline == nil {
				results(out, s)
			}
			stats := member(value, "batchStats")
			s.Total, s.Answers = max(counted(stats, "requestCount"), 0), counted(stats, "successfulRequestCount")
		}
	}
	_, state, _ := strings.Cut(s.Word, "_STATE_")
	switch state {
	case "SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED", "PARTIALLY_SUCCEEDED":
		done = true
	}
	if done {
		s.State = Ended
		if (wrong || state == "FAILED" || state == "CANCELLED" || state == "EXPIRED") && s.Inline == nil && len(s.Files) == 0 && s.Answers <= 0 {
			s.State = Failed
		}
	}
}

// results notes where Gemini's results are.
func results(raw []byte, s *Status) {
	for _, name := range [...]string{"inlinedResponses", "inlinedEmbedContentResponses"} {
		if list := member(member(raw, name), name); len(list) > 0 && list[0] == '[' {
			s.Inline = list
		}
	}
	s.Files = file(s.Files, member(raw, "responsesFile"))
}

func file(list []string, raw []byte) []string {
	if name := word(raw); Plain(name) {
		return append([]string{name}, list...)
	}
	return list
}

// member is a value of an object, raw; nil: there is none.
func member(raw []byte, name string) []byte {
	w := scan.Members(raw)
	for key, value, ok := w.Next(); ok; key, value, ok = w.Next() {
		if string(key) == name {
			return value
		}
	}
	return nil
}

// number is a count of an object; -1: it has none.
func number(raw []byte, name string) int64 {
	if n, ok := scan.Whole(member(raw, name)); ok {
		return n
	}
	return -1
}

// when is a time as Unix seconds, whether it is written so or as RFC 3339 says; 0: it is neither.
func when(raw []byte) int64 {
	if n, ok := scan.Whole(raw); ok {
		return max(n, 0)
	}
	t, err := time.Parse(time.RFC3339, word(raw))
	if err != nil {
		return 0
	}
	return t.Unix()
}

// counted is a count that Google writes as a string; an absent one is -1.
func counted(raw []byte, name string) int64 {
	v := member(raw, name)
	if text, ok := scan.Plain(v); ok {
		v = text
	}
	if n, ok := scan.Whole(v); ok {
		return n
	}
	return -1
}

// word is the content of a string; empty for everything else.
func word(raw []byte) string {
	text, ok := scan.Unquote(nil, raw)
	if !ok || len(text) > MaxID {
		return ""
	}
	return string(text)
}
