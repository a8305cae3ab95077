package gemini

import (
	"asbru/core"
	"asbru/core/scan"
)

// addResult reads a functionResponse: its text, and the media in its parts.
func addResult(t *core.Tree, p core.Part, raw []byte) {
	var response, parts []byte
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch word(key) {
		case kID:
			p.ID, _ = scan.Inside(value)
		case kName:
			p.Name, _ = scan.Inside(value)
		case kResponse:
			response = value
		case kParts:
			parts = value
		}
	}
	text, whole, fails := resultOf(response)
	p.Fails = fails
	if whole != nil {
		text = t.Took(scan.AppendEscaped(t.Room(), whole))
	}
	at := t.Add(p)
	if text != nil {
		t.Add(core.Part{Text: text})
	}
	if len(parts) > 0 && parts[0] == '[' {
		parseParts(t, parts, &maker{})
	}
	t.Close(at)
}

// resultOf returns the content of a response: the text if it has only an output, a result or an error; otherwise the whole
// value, whose JSON is the text.
func resultOf(response []byte) (text core.Text, whole []byte, fails bool) {
	if scan.IsNull(response) {
		return nil, nil, false
	}
	w := scan.Members(response)
	key, value, ok := w.Next()
	if !ok {
		return nil, response, false
	}
	if _, _, more := w.Next(); more {
		return nil, response, false
	}
	switch string(key) {
	case "output", "result", "content":
	case "error":
		fails = true
	default:
		return nil, response, false
	}
	if text, ok = scan.Inside(value); ok {
		return text, nil, fails
	}
	return nil, value, fails
}
