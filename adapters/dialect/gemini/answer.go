package gemini

import (
	"asbru/core"
	"asbru/core/scan"
)

// appendReply is the codec's AppendReply.
func appendReply(dst []byte, r *core.Completion, x *core.Crossing) []byte {
	if r.From == &api && r.Shape != 0 {
		dst = keptReply(dst, r)
	} else {
		dst = madeReply(dst, r, x)
	}
	if x != nil && x.Extra != nil {
		dst = x.Extra(sep(dst[:len(dst)-1]))
		dst = append(dst, '}')
	}
	return dst
}

// madeReply appends a reply that came in another format.
func madeReply(dst []byte, r *core.Completion, x *core.Crossing) []byte {
	dst = append(dst, `{"candidates":[`...)
	for i := range r.Choices {
		dst = madeCandidate(sep(dst), r, &r.Choices[i])
	}
	dst = append(dst, ']')
	if r.Usage.Known {
		dst = appendUsage(field(dst, "usageMetadata"), &r.Usage)
	}
	switch {
	case len(r.Model) > 0:
		dst = scan.AppendQuoted(field(dst, "modelVersion"), r.Model)
	case x != nil && len(x.Model) > 0:
		dst = scan.AppendQuoted(field(dst, "modelVersion"), x.Model)
	}
	if dst = field(dst, "responseId"); len(r.ID) > 0 {
		dst = scan.AppendQuoted(dst, r.ID)
	} else {
		dst = append(appendRequestID(append(dst, '"'), x), '"')
	}
	return append(dst, '}')
}

// appendRequestID appends x's request id in hexadecimal digits, for an answer without an id.
func appendRequestID(dst []byte, x *core.Crossing) []byte {
	const digits = "0123456789abcdef"
	var id [16]byte
	if x != nil {
		id = x.Request
	}
	for _, b := range id {
		dst = append(dst, digits[b>>4], digits[b&15])
	}
	return dst
}

func madeCandidate(dst []byte, r *core.Completion, ch *core.Choice) []byte {
	dst = append(dst, `{"content":{"parts":[`...)
	open := len(dst)
	for i := ch.From; i < ch.To; i += 1 + r.Parts[i].Inner {
		if p := &r.Parts[i]; len(p.Text) > 0 || p.Kind != core.PartText {
			dst = appendPart(dst, &r.Tree, i)
		}
	}
	if len(dst) == open {
		dst = append(dst, `{"text":""}`...)
	}
	dst = append(dst, `],"role":"model"},"finishReason":"`...)
	dst = append(appendFinishWord(dst, ch.Finish, nil, false), '"')
	dst = scan.AppendInt(field(dst, "index"), ch.Index)
	dst = appendCites(dst, r, ch)
	if !scan.IsNull(ch.Logprobs) {
		dst = appendProbs(field(dst, "logprobsResult"), ch.Logprobs)
	}
	return append(dst, '}')
}

// appendCites appends the member citationMetadata if the texts of ch cite pages.
func appendCites(dst []byte, r *core.Completion, ch *core.Choice) []byte {
	at := len(dst)
	dst = append(dst, `,"citationMetadata":{"citationSources":[`...)
	open := len(dst)
	for i := ch.From; i < ch.To; i++ {
		for n := r.Parts[i].Cites; n != 0; {
			var c core.Cite
			if c, n = r.Cited(n); len(c.URL) > 0 {
				dst = appendSource(dst, &c)
			}
		}
	}
	if len(dst) == open {
		return dst[:at]
	}
	return append(dst, `]}`...)
}

// keptReply appends a reply that came in this format: its original bytes, except for what was changed in the neutral form.
func keptReply(dst []byte, r *core.Completion) []byte {
	body, _ := r.Extra(int32(r.Shape))
	dst = append(dst, '{')
	w := scan.Members(body.Value)
	for {
		key, value, ok := w.Next()
		if !ok {
			return append(dst, '}')
		}
		dst = append(scan.AppendQuoted(sep(dst), key), ':')
		if string(key) != "candidates" || len(value) == 0 || value[0] != '[' {
			dst = append(dst, value...)
			continue
		}
		dst = append(dst, '[')
		for i := range r.Choices {
			dst = keptCandidate(sep(dst), r, &r.Choices[i])
		}
		dst = append(dst, ']')
	}
}

func keptCandidate(dst []byte, r *core.Completion, ch *core.Choice) []byte {
	if ch.More == 0 {
		return madeCandidate(dst, r, ch)
	}
	e, _ := r.Extra(ch.More)
	alike := same(&r.Tree, ch.From, ch.To, int(ch.Shape))
	finish := ch.Finish == completeOf(ch.Native, hasCall(r.Parts[ch.From:ch.To]))
	if alike && finish {
		return append(dst, e.Value...)
	}
	dst = append(dst, '{')
	wrote := false
	w := scan.Members(e.Value)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		dst = append(scan.AppendQuoted(sep(dst), key), ':')
		switch {
		case string(key) == "content" && !alike:
			dst, wrote = rewritten(dst, &r.Tree, value, ch.From, ch.To), true
		case string(key) == "finishReason" && !finish:
			dst = append(appendFinishWord(append(dst, '"'), ch.Finish, nil, false), '"')
		default:
			dst = append(dst, value...)
		}
	}
	if !wrote && !alike {
		dst = rewritten(field(dst, "content"), &r.Tree, []byte(`{"role":"model"}`), ch.From, ch.To)
	}
	return append(dst, '}')
}
