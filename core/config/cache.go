package config

// A Cache gives answers again to those who ask the same.
type Cache struct {
	Off      bool           `json:"off,omitempty"`                                // nothing is remembered
	Scope    string         `json:"scope,omitempty" enum:"key,team,customer,all"` // whose answers are shared: one virtual key's (default), a team's, a customer's, everybody's
	Exact    ExactCache     `json:"exact,omitempty"`
	Semantic *SemanticCache `json:"semantic,omitempty"` // nil: only the same question is the same question
	Charge   CacheCharge    `json:"charge,omitempty"`
	Dir      string         `json:"dir,omitempty"`    // a directory where answers outlive the process; empty: memory only
	Secret   Secret         `json:"secret,omitempty"` // what the directory is encrypted with; default: it is not
}

// A SemanticCache gives an answer also to who asks the same in other words. All but the last
// turn has to be the same; English questions only.
type SemanticCache struct {
	Mode      string  `json:"mode,omitempty" enum:"strict,balanced,relaxed"` // strict (default): no rule objects; balanced: doubts about wording pass where questions are very near; relaxed: nearness alone, which serves wrong answers
	Threshold float64 `json:"threshold,omitempty"`                           // the least nearness, 0 to 1; default: that of the mode
	Entries   int     `json:"entries,omitempty"`                             // questions at most; default 1048576

	Shadow *CacheShadow `json:"shadow,omitempty"` // nil: nobody asks whether its answers are right
}

// A CacheShadow watches the semantic cache: of some of its hits the question is asked upstream
// too, behind the answer, and the two answers are compared. An owner of answers for whom too
// few agree is answered by the exact and canonical tiers alone, until enough agree again.
type CacheShadow struct {
	Share     Percent `json:"share,omitempty"`     // of the hits; default 1%
	Precision float64 `json:"precision,omitempty"` // the least lower bound (Wilson, 95 %) of the share that agree, below 1; default 0.9
	Samples   int     `json:"samples,omitempty"`   // comparisons before there is a judgement; default 100, at most 10000
}

// A CacheCharge says what answers count for that no provider was asked for.
type CacheCharge struct {
	Hits      string `json:"hits,omitempty" enum:"free,limits,full"`      // answers from memory: free, nothing; limits (default), a request, no tokens and no money; full, what the provider would have taken
	Followers string `json:"followers,omitempty" enum:"free,limits,full"` // answers that another request was asking for already; the same words
}

// An ExactCache remembers by the whole question, in whatever format it is asked.
type ExactCache struct {
	Size      Size     `json:"size,omitempty"`       // of memory; default 256MiB, at least 1MiB
	TTL       Duration `json:"ttl,omitempty"`        // how long an answer is given; default 5m, at most 720h
	Stale     Duration `json:"stale,omitempty"`      // how long after ttl it is given to all but one, whose request refreshes it; default: not at all
	ToolCalls bool     `json:"tool_calls,omitempty"` // answers that ask for tools to be run are remembered too
	Pace      bool     `json:"pace,omitempty"`       // streams come at the pace they once came at; default: at once
}
