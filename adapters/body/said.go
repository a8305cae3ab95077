package body

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// A Saying is a way to write the last turn of a conversation, a text of the user's and nothing else. After is
// what stands behind the text, from its closing quote to the end of the list of turns. Before is what
// may stand in front of it, from the beginning of the turn to its opening quote.
//
// Because a quote inside of a text has a backslash in front, those in Before and After are the
// ends of strings: the turn is written so, and cannot be a text that looks like it.
type Saying struct {
	After  string
	Before []string
}

// Sayings are those of a dialect.
type Sayings []Saying

// Of is the Dialect's Said.
func (s Sayings) Of(body []byte, _ core.Op, p *core.Peek) []byte {
	list := p.TurnsAt.Of(body)
	for i := range s {
		end := len(list) - len(s[i].After)
		if end <= 0 || string(list[end:]) != s[i].After {
			continue
		}
		from := scan.Opening(list, end)
		if from < 0 || from == end {
			return nil
		}
		for _, b := range s[i].Before {
			if bytes.HasSuffix(list[:from], []byte(b)) {
				return list[from:end]
			}
		}
	}
	return nil
}
