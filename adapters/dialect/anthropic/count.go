package anthropic

import (
	"errors"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// appendCount appends the request to s for counting the tokens of c. Of the settings it has only those that
// are part of the prompt.
//
// Source: https://docs.anthropic.com/en/api/messages-count-tokens
func (f family) appendCount(dst []byte, c *core.Chat, s *core.Send) ([]byte, *core.Fault) {
	at := len(dst)
	w := f.newWriter(dst, c, s)
	if !w.own {
		for i := range c.Tools {
			if t := &c.Tools[i]; t.Type != nil {
				return dst, w.lacks("tools", "has no tool "+string(t.Type)+" of another provider", "offer it as a function")
			}
		}
	}
	if fault := w.planThinking(); fault != nil {
		return dst, fault
	}
	w.head()
	w.conversation()
	w.appendThinking()
	w.extras(c.More, "")
	w.b = append(w.b, '}')
	if w.fault != nil {
		return w.b, w.fault
	}
	return body.Edit(w.b, at, s.Face), nil
}

// parseCount reads {"input_tokens":n}.
func parseCount(raw []byte) (tokens int64, err error) {
	n, ok := scan.Whole(find(raw, "input_tokens"))
	if !ok || n < 0 || n > maxCount {
		return 0, errors.New("cannot read the count: it has no input_tokens")
	}
	return n, nil
}

func appendCounted(dst []byte, tokens int64) []byte {
	dst = append(dst, `{"input_tokens":`...)
	return append(scan.AppendInt(dst, tokens), '}')
}
