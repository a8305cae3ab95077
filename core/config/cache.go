package config

// The cache. The comments of this file are descriptions in the JSON Schema, like those
// of document.go.

// A Cache reuses answers for repeated questions.
type Cache struct {
	Off      bool           `json:"off,omitempty"`                                // nothing is cached
	Scope    string         `json:"scope,omitempty" enum:"key,team,customer,all"` // who shares answers: the requests of one virtual key (default), of a team, of a customer, or everyone's
	Exact    ExactCache     `json:"exact,omitempty"`
	Semantic *SemanticCache `json:"semantic,omitempty"` // nil: only identical questions match
	Charge   CacheCharge    `json:"charge,omitempty"`

	MaxHistory          int   `json:"max_history,omitempty"`           // most turns of a conversation, instructions not counted, that is cached; default: any
	ExcludeSystemPrompt bool  `json:"exclude_system_prompt,omitempty"` // ignore instructions (system prompts) when questions are compared
	ByModel             *bool `json:"by_model,omitempty"`              // do not reuse an answer for another model (default); false: reuse it
	ByProvider          *bool `json:"by_provider,omitempty"`           // do not reuse an answer for the same model at another provider (default); false: reuse it

	Dir    string `json:"dir,omitempty"`    // directory where answers survive a restart; empty: memory only
	Secret Secret `json:"secret,omitempty"` // encrypts that directory, and the questions and answers in a vector store; default: no encryption
}

// Repeats are conversations sent again with the Idempotency-Key of an earlier one: they join the
// call under way, or get its answer. The same key with a different body is refused.
type Repeats struct {
	Off    bool     `json:"off,omitempty"`    // ignore the header; it is still sent on to the provider
	Window Duration `json:"window,omitempty"` // how long a call is remembered after its answer, as far as size allows; default 24h, at most 720h
	Size   Size     `json:"size,omitempty"`   // memory for answers, allocated as needed; default 32MiB
}

// A SemanticCache also reuses an answer for a question in other words. All turns but the last must
// be identical; without embedding, questions must be in English.
type SemanticCache struct {
	Mode      string  `json:"mode,omitempty" enum:"strict,balanced,relaxed"` // strict (default): no rule of the guard objects; balanced: objections to wording are ignored for very similar questions; relaxed: similarity alone decides, which serves wrong answers
	Threshold float64 `json:"threshold,omitempty"`                           // least cosine similarity, 0 to 1; default: that of the mode
	Entries   int     `json:"entries,omitempty"`                             // most questions kept; default 1048576

	Shadow    *CacheShadow    `json:"shadow,omitempty"`    // checks some of its answers against the provider's; nil: no checks
	Embedding *CacheEmbedding `json:"embedding,omitempty"` // model that encodes questions; default: the table built into the program
	Store     *CacheStore     `json:"store,omitempty"`     // where questions are kept for other processes too; default: nowhere, and with embedding in the memory of this process
}

// A CacheShadow checks the semantic cache: for some of its hits the question is also sent to the
// provider, after the client has its answer, and the two answers are compared. When too few agree
// for an owner of answers, that owner gets no semantic hits until enough agree again.
type CacheShadow struct {
	Share     Percent `json:"share,omitempty"`     // share of the hits; default 1%
	Precision float64 `json:"precision,omitempty"` // least lower bound (Wilson, 95 %) of the share of answers that agree, below 1; default 0.9
	Samples   int     `json:"samples,omitempty"`   // comparisons needed before a verdict; default 100, at most 10000
}

// A CacheCharge says how answers count that were given without asking a provider.
type CacheCharge struct {
	Hits      string `json:"hits,omitempty" enum:"free,limits,full"`      // answers from the cache: free: not at all; limits (default): as a request, without tokens and money; full: as if the provider had answered
	Followers string `json:"followers,omitempty" enum:"free,limits,full"` // answers shared with another request that was already under way; the same values
}

// A CacheEmbedding is a provider's model that encodes questions: unknown ones before their request
// is sent upstream, and cached ones in the background. Questions in other languages than English
// are then compared too.
type CacheEmbedding struct {
	Provider   string   `json:"provider"`             // a Provider's name; it must have embeddings
	Model      string   `json:"model"`                // the provider's name for it
	Dimensions int      `json:"dimensions,omitempty"` // length of a vector to ask for; default: the model's own
	Timeout    Duration `json:"timeout,omitempty"`    // for one question, which is then a miss; default 150ms, at most 10s
}

// A CacheStore is a vector store with questions that were answered by other processes, or by this
// one before a restart.
type CacheStore struct {
	Type               string   `json:"type" enum:"weaviate,redis,qdrant,pgvector"` // redis: Redis or Valkey with search; pgvector: PostgreSQL with the extension vector
	URL                string   `json:"url"`                                        // http(s)://host:port of weaviate and qdrant, redis(s)://host:port (more with commas: a cluster), postgres://host:port/database
	Name               string   `json:"name,omitempty"`                             // of the class, index, collection or table, to which the number of dimensions is appended; default asbru
	Username           string   `json:"username,omitempty"`                         // redis and pgvector
	Secret             Secret   `json:"secret,omitempty"`                           // the API key or password
	CA                 string   `json:"ca,omitempty"`                               // PEM file of authorities trusted in addition to the system's
	InsecureSkipVerify bool     `json:"insecure_skip_verify,omitempty"`             // accept any certificate
	Database           int      `json:"database,omitempty"`                         // of redis
	MaxConnections     int      `json:"max_connections,omitempty"`                  // default 32
	Timeout            Duration `json:"timeout,omitempty"`                          // for one search, which is then a miss; default 50ms, at most 10s
}

// An ExactCache finds answers by the whole question, whatever format it is asked in.
type ExactCache struct {
	Size      Size     `json:"size,omitempty"`       // memory limit; default 256MiB, at least 1MiB
	TTL       Duration `json:"ttl,omitempty"`        // how long an answer is reused; default 5m, at most 720h
	Stale     Duration `json:"stale,omitempty"`      // how long after ttl it is still given to all requests but one, which refreshes it; default: not at all
	ToolCalls bool     `json:"tool_calls,omitempty"` // also cache answers that call tools
	Pace      bool     `json:"pace,omitempty"`       // replay streams at their original pace; default: at once
}
