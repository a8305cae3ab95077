package config

// A Cache gives answers again to those who ask the same.
type Cache struct {
	Off      bool           `json:"off,omitempty"`                                // nothing is remembered
	Scope    string         `json:"scope,omitempty" enum:"key,team,customer,all"` // whose answers are shared: one virtual key's (default), a team's, a customer's, everybody's
	Exact    ExactCache     `json:"exact,omitempty"`
	Semantic *SemanticCache `json:"semantic,omitempty"` // nil: only the same question is the same question
	Dir      string         `json:"dir,omitempty"`      // a directory where answers outlive the process; empty: memory only
	Secret   Secret         `json:"secret,omitempty"`   // what the directory is encrypted with; default: it is not
}

// A SemanticCache gives an answer also to who asks the same in other words. All but the last
// turn has to be the same; English questions only.
type SemanticCache struct {
	Mode      string  `json:"mode,omitempty" enum:"strict,balanced,relaxed"` // strict (default): no rule objects; balanced: doubts about wording pass where questions are very near; relaxed: nearness alone, which serves wrong answers
	Threshold float64 `json:"threshold,omitempty"`                           // the least nearness, 0 to 1; default: that of the mode
	Entries   int     `json:"entries,omitempty"`                             // questions at most; default 1048576
}

// An ExactCache remembers by the whole question, in whatever format it is asked.
type ExactCache struct {
	Size      Size     `json:"size,omitempty"`       // of memory; default 256MiB, at least 1MiB
	TTL       Duration `json:"ttl,omitempty"`        // how long an answer is given; default 5m, at most 720h
	Stale     Duration `json:"stale,omitempty"`      // how long after ttl it is given to all but one, whose request refreshes it; default: not at all
	ToolCalls bool     `json:"tool_calls,omitempty"` // answers that ask for tools to be run are remembered too
	Pace      bool     `json:"pace,omitempty"`       // streams come at the pace they once came at; default: at once
}
