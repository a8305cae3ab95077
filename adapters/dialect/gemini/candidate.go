package gemini

import (
	"asbru/core"
	"asbru/core/scan"
)

func parseCandidates(r *core.Completion, list []byte, ids *maker) {
	w := scan.Elements(list)
	for {
		_, raw, ok := w.Next()
		if !ok {
			return
		}
		if len(r.Choices) >= maxChoices {
			return
		}
		n := r.Begin(int64(len(r.Choices)))
		ch := &r.Choices[n]
		var m candidate
		m.read(raw)
		if i, ok := scan.Whole(m.index); ok && i >= 0 {
			ch.Index = i
		}
		r.Keep(&ch.More, nil, raw)
		if parts := m.parts(); len(parts) > 0 {
			parseParts(&r.Tree, parts, ids)
		}
		r.End(n)
		ch.Native = nativeOf(m.finish)
		ch.Finish = completeOf(ch.Native, hasCall(r.Parts[ch.From:ch.To]))
		if len(m.probs) > 0 {
			ch.Logprobs = readProbs(&r.Tree, m.probs)
		}
		for i := ch.From; i < ch.To; i += 1 + r.Parts[i].Inner {
			if r.Parts[i].Shape&partLent == 0 {
				ch.Shape++
			}
		}
		cite(r, ch, &m)
	}
}

// A candidate is the raw members of a candidate, nil if absent.
type candidate struct {
	content, finish, index, probs, grounding, citations []byte
	others                                              bool // it has members besides these, or one of the last two
}

func (m *candidate) read(raw []byte) {
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		switch string(key) {
		case "content":
			m.content = value
		case "finishReason":
			m.finish = value
		case "index":
			m.index = value
		case "logprobsResult":
			m.probs = value
		case "groundingMetadata":
			m.grounding, m.others = value, true
		case "citationMetadata":
			m.citations, m.others = value, true
		default:
			m.others = true
		}
	}
}

// parts returns the raw list of a candidate's parts; nil: there is none.
func (m *candidate) parts() []byte {
	w := scan.Members(m.content)
	for {
		key, value, ok := w.Next()
		if !ok {
			return nil
		}
		if string(key) == "parts" {
			return value
		}
	}
}

// cite adds citations to the texts of ch.
func cite(r *core.Completion, ch *core.Choice, m *candidate) {
	for w := citesOf(m); ; {
		c, part, ok := w.next()
		if !ok {
			return
		}
		at := int32(-1)
		for i := ch.From; i < ch.To; i += 1 + r.Parts[i].Inner {
			if r.Parts[i].Shape&partLent != 0 {
				continue
			}
			if r.Parts[i].Kind == core.PartText && (at < 0 || part == 0) {
				at = i
			}
			if part--; part < 0 && at >= 0 {
				break
			}
		}
		if at < 0 {
			return
		}
		p := &r.Parts[at]
		c.Start, c.End = chars(p.Text, c.Start), chars(p.Text, c.End)
		r.Cite(&p.Cites, c)
	}
}
