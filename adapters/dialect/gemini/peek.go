package gemini

import (
	"strconv"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

var fields = body.NewFields(false, nil, nil, "contents")

// sayings are the ways to write a turn of the user's: as most clients do, as Python writes JSON, and in
// the order of the letters. Without a role it is the user's.
var sayings = body.Sayings{
	{After: `"}]}]`, Before: []string{`{"role":"user","parts":[{"text":"`, `{"role": "user", "parts": [{"text": "`, `{"parts":[{"text":"`}},
	{After: `"}],"role":"user"}]`, Before: []string{`{"parts":[{"text":"`}},
	{After: `"}], "role": "user"}]`, Before: []string{`{"parts": [{"text": "`}},
}

// peek is the dialect's Peek. The model is in the path: the caller sets p.Model and p.Stream afterwards.
func peek(doc []byte, op core.Op, p *core.Peek) *core.Fault {
	if f := fields.Peek(doc, op, p); f != nil {
		return f
	}
	p.Model, p.ModelAt = nil, core.Span{}
	if op == core.OpPass {
		return nil
	}
	w := scan.Members(doc)
	for {
		key, value, ok := w.Next()
		if !ok {
			return nil
		}
		var f *core.Fault
		switch word(key) {
		case kGenerationConfig:
			f = peekConfig(value, p)
		case kGenerateContentRequest: // countTokens
			if _, config := member(value, kGenerationConfig); config != nil {
				f = peekConfig(config, p)
			}
		}
		if f != nil {
			return f
		}
	}
}

// peekConfig reads the settings that limit and multiply tokens, in both spellings.
func peekConfig(config []byte, p *core.Peek) *core.Fault {
	w := scan.Members(config)
	for {
		key, value, ok := w.Next()
		if !ok {
			return nil
		}
		switch word(key) {
		case kMaxOutputTokens:
			if scan.IsNull(value) {
				continue
			}
			n, ok := scan.Int(number(value))
			if !ok || n < 0 || n > maxTokens {
				return body.Invalid("generationConfig.maxOutputTokens", "cannot accept maxOutputTokens: it must be an integer from 0 to "+strconv.Itoa(maxTokens), "")
			}
			p.MaxTokens = max(p.MaxTokens, n)
		case kCandidateCount:
			if scan.IsNull(value) {
				continue
			}
			n, ok := scan.Int(number(value))
			if !ok || n < 0 || n > maxChoices {
				return body.Invalid("generationConfig.candidateCount", "cannot accept candidateCount: it must be an integer from 0 to "+strconv.Itoa(maxChoices), "")
			}
			p.Choices = max(p.Choices, n)
		}
	}
}

// number returns the number value, without quotes, which the JSON form of protocol buffers allows. nil: it is not a number.
func number(value []byte) []byte {
	if text, ok := scan.Plain(value); ok {
		value = text
	}
	if len(value) == 0 || value[0] != '-' && (value[0] < '0' || value[0] > '9') {
		return nil
	}
	for _, c := range value {
		switch {
		case '0' <= c && c <= '9', c == '-', c == '+', c == '.', c == 'e', c == 'E':
		default:
			return nil
		}
	}
	return value
}
