package config

// What is remembered. The comments of this file are descriptions in the JSON Schema, as those
// of document.go.

// A Cache gives answers again to those who ask the same.
type Cache struct {
	Off      bool           `json:"off,omitempty"`                                // nothing is remembered
	Scope    string         `json:"scope,omitempty" enum:"key,team,customer,all"` // whose answers are shared: one virtual key's (default), a team's, a customer's, everybody's
	Exact    ExactCache     `json:"exact,omitempty"`
	Semantic *SemanticCache `json:"semantic,omitempty"` // nil: only the same question is the same question
	Charge   CacheCharge    `json:"charge,omitempty"`

	MaxHistory          int   `json:"max_history,omitempty"`           // most turns of a conversation beside instructions; a longer one is not remembered; default: any
	ExcludeSystemPrompt bool  `json:"exclude_system_prompt,omitempty"` // questions with other instructions are the same question
	ByModel             *bool `json:"by_model,omitempty"`              // answers of one model are not given for another (default); false: they are
	ByProvider          *bool `json:"by_provider,omitempty"`           // answers that a model is to give at one provider are not given for another provider's (default); false: they are

	Dir    string `json:"dir,omitempty"`    // a directory where answers outlive the process; empty: memory only
	Secret Secret `json:"secret,omitempty"` // what the directory, and what a store holds of questions and answers, is encrypted with; default: it is not
}

// Repeats are conversations that come again with the Idempotency-Key of an earlier one: they go
// with it, or are given its answer again. The same key with another body is refused.
type Repeats struct {
	Off    bool     `json:"off,omitempty"`    // the header is nobody's business here; it is sent on to the provider all the same
	Window Duration `json:"window,omitempty"` // how long a call is known after its answer, as far as size goes; default 24h, at most 720h
	Size   Size     `json:"size,omitempty"`   // of memory for answers, taken as they come; default 32MiB
}

// A SemanticCache gives an answer also to who asks the same in other words. All but the last
// turn has to be the same; English questions only.
type SemanticCache struct {
	Mode      string  `json:"mode,omitempty" enum:"strict,balanced,relaxed"` // strict (default): no rule objects; balanced: doubts about wording pass where questions are very near; relaxed: nearness alone, which serves wrong answers
	Threshold float64 `json:"threshold,omitempty"`                           // the least nearness, 0 to 1; default: that of the mode
	Entries   int     `json:"entries,omitempty"`                             // questions at most; default 1048576

	Shadow    *CacheShadow    `json:"shadow,omitempty"`    // nil: nobody asks whether its answers are right
	Embedding *CacheEmbedding `json:"embedding,omitempty"` // who encodes questions that memory does not know; default: the table in the program
	Store     *CacheStore     `json:"store,omitempty"`     // where other processes find questions too; default: nowhere, and with embedding the memory of this process
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

// A CacheEmbedding is a provider's model that encodes questions. It is asked for those that
// memory does not know, before their requests go upstream, and in the background for what is
// remembered. Other languages than English are compared too.
type CacheEmbedding struct {
	Provider   string   `json:"provider"`             // a Provider's name; it must have embeddings
	Model      string   `json:"model"`                // as the provider calls it
	Dimensions int      `json:"dimensions,omitempty"` // numbers of a vector that it is asked for; default: as many as it gives
	Timeout    Duration `json:"timeout,omitempty"`    // for one question, then it is a miss; default 150ms, at most 10s
}

// A CacheStore is a store of vectors where questions are found that other processes, or this
// one before it was restarted, have had answered.
type CacheStore struct {
	Type               string   `json:"type" enum:"weaviate,redis,qdrant,pgvector"` // redis: Redis or Valkey with search; pgvector: PostgreSQL with the extension vector
	URL                string   `json:"url"`                                        // http(s)://host:port of weaviate and qdrant, redis(s)://host:port (more with commas: a cluster), postgres://host:port/database
	Name               string   `json:"name,omitempty"`                             // of the class, index, collection or table, which the number of dimensions is added to; default asbru
	Username           string   `json:"username,omitempty"`                         // redis and pgvector
	Secret             Secret   `json:"secret,omitempty"`                           // the API key or password
	CA                 string   `json:"ca,omitempty"`                               // a PEM file to trust besides the system's roots
	InsecureSkipVerify bool     `json:"insecure_skip_verify,omitempty"`             // accept any certificate
	Database           int      `json:"database,omitempty"`                         // of redis
	MaxConnections     int      `json:"max_connections,omitempty"`                  // default 32
	Timeout            Duration `json:"timeout,omitempty"`                          // for one search, then it is a miss; default 50ms, at most 10s
}

// An ExactCache remembers by the whole question, in whatever format it is asked.
type ExactCache struct {
	Size      Size     `json:"size,omitempty"`       // of memory; default 256MiB, at least 1MiB
	TTL       Duration `json:"ttl,omitempty"`        // how long an answer is given; default 5m, at most 720h
	Stale     Duration `json:"stale,omitempty"`      // how long after ttl it is given to all but one, whose request refreshes it; default: not at all
	ToolCalls bool     `json:"tool_calls,omitempty"` // answers that ask for tools to be run are remembered too
	Pace      bool     `json:"pace,omitempty"`       // streams come at the pace they once came at; default: at once
}
