package gemini

import (
	"errors"
	"fmt"
	"time"

	"asbru/core"
	"asbru/core/scan"
)

// How the form keeps what a reply looked like: Completion.Shape is the extra that is the
// raw body, Choice.More that of the raw candidate, Choice.Shape how many parts it had.

var errNoReply = errors.New("cannot read the reply: it is no JSON object with candidates")

// parseReply is the codec's ParseReply.
func parseReply(r *core.Completion, body []byte) error {
	if err := scan.Valid(body); err != nil {
		return fmt.Errorf("cannot read the reply: %w", err)
	}
	r.From, r.Op = &api, core.OpChat
	var list, feedback []byte
	w := scan.Members(body)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "candidates":
			list = value
		case "promptFeedback":
			feedback = value
		case "usageMetadata":
			readTokens(value, &r.Usage)
			r.Tier = tierOf(value)
		case "modelVersion":
			r.Model, _ = scan.Inside(value)
		case "responseId":
			r.ID, _ = scan.Inside(value)
		case "createTime":
			r.Created = unix(value)
		case "error":
			var f core.Fault
			readFault(body, &f)
			return fmt.Errorf("cannot read the reply: it is an error: %s", f.Message)
		}
	}
	if w.Rest() == nil {
		return errNoReply
	}
	more := int32(0)
	r.Keep(&more, nil, body)
	r.Shape = uint32(more)
	ids := maker{seed: seed(r.ID)}
	if len(r.ID) == 0 {
		ids.seed = seed(body)
	}
	parseCandidates(r, list, &ids)
	if reason := blocked(feedback); reason != nil && len(r.Choices) == 0 {
		n := r.Begin(0)
		r.Choices[n].Finish, r.Choices[n].Native = core.FinishFiltered, reason
	} else if list == nil && feedback == nil && !r.Usage.Known {
		return errNoReply
	}
	return nil
}

func tierOf(usage []byte) core.Text {
	w := scan.Members(usage)
	for {
		key, value, ok := w.Next()
		if !ok {
			return nil
		}
		if string(key) == "serviceTier" {
			text, _ := scan.Inside(value)
			return text
		}
	}
}

// unix reads a timestamp (RFC 3339); 0: it is none.
func unix(value []byte) int64 {
	text, ok := scan.Plain(value)
	if !ok {
		return 0
	}
	t, err := time.Parse(time.RFC3339Nano, string(text))
	if err != nil {
		return 0
	}
	return t.Unix()
}

func parseCandidates(r *core.Completion, list []byte, ids *maker) {
	w := scan.Elements(list)
	for {
		_, raw, ok := w.Next()
		if !ok {
			return
		}
		n := r.Begin(int64(len(r.Choices)))
		ch := &r.Choices[n]
		var m candidate
		m.read(raw)
		if i, ok := scan.Int(m.index); ok && i >= 0 {
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

// A candidate is one as it was read: raw values, nil if absent.
type candidate struct {
	content, finish, index, probs, grounding, citations []byte
	others                                              bool // there are members besides these, or the last two
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

// parts is the raw list of a candidate's parts; nil: there is none.
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

// cite gives the texts of ch where they have things from.
func cite(r *core.Completion, ch *core.Choice, m *candidate) {
	for n := 0; ; n++ {
		c, part, ok := citeAt(m, n)
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
