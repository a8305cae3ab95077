package anthropic

// A thinkWay is how thinking is requested from a model.
type thinkWay uint8

const (
	thinkNever    thinkWay = iota
	thinkBudget            // {"type":"enabled","budget_tokens":…}
	thinkEither            // as thinkBudget, or adaptive with an effort
	thinkAdaptive          // adaptive with an effort; a budget is refused
)

// A model is what must be known about a model to write a request for it.
type model struct {
	prefix string
	most   int64 // most output tokens; sent if the client sets no limit, because this format requires one
	way    thinkWay
	single bool // temperature and top_p exclude each other
	strict bool // tools can be strict
}

// The values of model.most.
const (
	mostOldest = 4096  // Claude 3 and before
	mostOld    = 8192  // Claude 3.5, and models other than Claude
	mostOpus   = 32000 // Opus 4 and 4.1
	mostNew    = 64000 // all others, some of which could give more
)

// models are rows by prefix of the name, of which the first that matches counts; a dot in a name counts as a
// dash. The row for an unknown Claude has the properties that most of them have.
//
// Source: https://docs.anthropic.com/en/docs/about-claude/models/overview
var models = [...]model{
	{"claude-2", mostOldest, thinkNever, false, false},
	{"claude-v", mostOldest, thinkNever, false, false},
	{"claude-instant", mostOldest, thinkNever, false, false},
	{"claude-3-7", mostNew, thinkBudget, false, false},
	{"claude-3-5", mostOld, thinkNever, false, false},
	{"claude-3", mostOldest, thinkNever, false, false},
	{"claude-opus-4-1", mostOpus, thinkBudget, true, true},
	{"claude-opus-4-5", mostNew, thinkBudget, true, true},
	{"claude-opus-4-6", mostNew, thinkEither, true, true},
	{"claude-opus-4-7", mostNew, thinkAdaptive, true, true},
	{"claude-opus-4-8", mostNew, thinkAdaptive, true, true},
	{"claude-opus-4-9", mostNew, thinkAdaptive, true, true},
	{"claude-opus-4", mostOpus, thinkBudget, false, false},
	{"claude-sonnet-4-5", mostNew, thinkBudget, true, true},
	{"claude-sonnet-4-6", mostNew, thinkEither, true, true},
	{"claude-sonnet-4-7", mostNew, thinkAdaptive, true, true},
	{"claude-sonnet-4-8", mostNew, thinkAdaptive, true, true},
	{"claude-sonnet-4", mostNew, thinkBudget, false, false},
	{"claude-haiku-4", mostNew, thinkBudget, true, true},
	{"claude-opus-5", mostNew, thinkAdaptive, true, true},
	{"claude-sonnet-5", mostNew, thinkAdaptive, true, true},
	{"claude-haiku-5", mostNew, thinkAdaptive, true, true},
	{"claude-", mostNew, thinkEither, true, true},
	{"", mostOld, thinkBudget, false, false}, // another vendor's model in this format
}

// modelOf returns the row for name, which may begin with a region, a vendor or a publisher:
// "us.anthropic.claude-…", "anthropic/claude-…".
func modelOf(name []byte) *model {
	const family = "claude-"
	for i := 0; i+len(family) <= len(name); i++ {
		if string(name[i:i+len(family)]) == family {
			name = name[i:]
			break
		}
	}
	for i := range models {
		if hasPrefix(name, models[i].prefix) {
			return &models[i]
		}
	}
	return &models[len(models)-1]
}

func hasPrefix(name []byte, prefix string) bool {
	if len(name) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		if c := name[i]; c != prefix[i] && (c != '.' || prefix[i] != '-') {
			return false
		}
	}
	return true
}
