package anthropic

import "bytes"

// prefills reports whether the Claude of that name continues an assistant's turn at the end of a conversation.
// The models up to 4.5 do; later ones answer 400
// (https://docs.anthropic.com/en/docs/build-with-claude/prompt-engineering/prefill-claudes-response).
// Other names are taken for models that do not.
func prefills(model []byte) bool {
	i := bytes.Index(model, []byte("claude-"))
	if i < 0 {
		return false
	}
	name := model[i+len("claude-"):]
	if len(name) > 0 && (name[0] == '2' || name[0] == '3') {
		return true // claude-3-5-sonnet
	}
	for _, family := range [...]string{"opus-4", "sonnet-4", "haiku-4"} {
		rest, ok := bytes.CutPrefix(name, []byte(family))
		if !ok {
			continue
		}
		switch {
		case len(rest) == 0: // claude-sonnet-4
			return true
		case rest[0] != '-' && rest[0] != '.' && rest[0] != '@':
			return false
		case len(rest) == 2 || len(rest) > 2 && (rest[2] < '0' || rest[2] > '9'):
			return rest[1] >= '0' && rest[1] <= '5' // claude-opus-4-1, claude-sonnet-4.5
		}
		return len(rest) >= 9 && rest[1] == '2' && rest[2] == '0' // a date: claude-sonnet-4-20250514
	}
	return false
}
