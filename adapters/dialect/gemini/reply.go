package gemini

import (
	"errors"
	"fmt"
	"time"

	"asbru/core"
	"asbru/core/scan"
)

// How the form keeps the original reply: Completion.Shape is the extra with the raw body, Choice.More that with the raw
// candidate, Choice.Shape the number of its parts.

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
			if scan.IsNull(value) {
				continue
			}
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

// unix reads a timestamp (RFC 3339) as Unix seconds; 0: it is malformed.
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
