package gemini

import (
	"asbru/core"
	"asbru/core/scan"
)

// readProbs returns a logprobsResult as OpenAI's list. Gemini has two parallel lists, of the tokens chosen and of the
// likeliest ones in their place; a probability of 0 may be left out.
func readProbs(t *core.Tree, result []byte) []byte {
	var chosen, top []byte
	w := scan.Members(result)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "chosenCandidates":
			chosen = value
		case "topCandidates":
			top = value
		}
	}
	if chosen == nil {
		return nil
	}
	dst := t.Room()
	at := len(dst)
	dst = append(dst, '[')
	tops := scan.Elements(top)
	w = scan.Elements(chosen)
	for {
		_, one, ok := w.Next()
		if !ok {
			break
		}
		if len(dst) > at+1 {
			dst = append(dst, ',')
		}
		dst = append(appendProb(dst, one), `,"top_logprobs":[`...)
		_, likely, _ := tops.Next()
		m := scan.Members(likely)
		_, list, _ := m.Next()
		each := scan.Elements(list)
		for {
			_, one, ok := each.Next()
			if !ok {
				break
			}
			dst = append(appendProb(sep(dst), one), '}')
		}
		dst = append(dst, `]}`...)
	}
	return t.Took(append(dst, ']'))
}

// appendProb appends a token and its probability as OpenAI's object, without the closing brace.
func appendProb(dst, raw []byte) []byte {
	token, prob := []byte(nil), []byte(nil)
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "token":
			token, _ = scan.Inside(value)
		case "logProbability":
			prob = number(value)
		}
	}
	dst = scan.AppendQuoted(append(dst, `{"token":`...), token)
	dst = append(dst, `,"logprob":`...)
	if prob == nil {
		dst = append(dst, '0')
	}
	return append(append(dst, prob...), `,"bytes":null`...)
}

// appendProbs appends OpenAI's list as a logprobsResult.
func appendProbs(dst, list []byte) []byte {
	dst = append(dst, `{"chosenCandidates":[`...)
	w := scan.Elements(list)
	for {
		_, one, ok := w.Next()
		if !ok {
			break
		}
		dst, _ = appendToken(sep(dst), one)
	}
	dst = append(dst, `],"topCandidates":[`...)
	w = scan.Elements(list)
	for {
		_, one, ok := w.Next()
		if !ok {
			return append(dst, `]}`...)
		}
		at := len(dst)
		dst, one = appendToken(dst, one)
		dst = append(sep(dst[:at]), `{"candidates":[`...)
		each := scan.Elements(one)
		for {
			_, likely, ok := each.Next()
			if !ok {
				break
			}
			dst, _ = appendToken(sep(dst), likely)
		}
		dst = append(dst, `]}`...)
	}
}

func appendToken(dst, raw []byte) (out, tops []byte) {
	var token, prob []byte
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "token":
			token, _ = scan.Inside(value)
		case "logprob":
			prob = number(value)
		case "top_logprobs":
			tops = value
		}
	}
	dst = scan.AppendQuoted(append(dst, `{"token":`...), token)
	if prob != nil {
		dst = append(append(dst, `,"logProbability":`...), prob...)
	}
	return append(dst, '}'), tops
}
