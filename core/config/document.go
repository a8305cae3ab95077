package config

import "time"

// A Document is the whole configuration as people write it. Zero values mean
// the documented default. It is plain data and also the JSON of the admin API.
// Top-level fields that begin with x- are ignored: a place for YAML anchors.
//
// The comments of this file, of governed.go, cache.go and audit.go are the descriptions in the JSON Schema.
type Document struct {
	Schema         string        `json:"$schema,omitempty"` // ignored; lets editors find the JSON Schema
	Listen         string        `json:"listen,omitempty"`  // address of the data plane; default 127.0.0.1:8080; "systemd" or "systemd:NAME" takes the inherited socket
	TLS            *TLS          `json:"tls,omitempty"`     // nil: plain HTTP
	Admin          Admin         `json:"admin,omitempty"`
	Store          *Store        `json:"store,omitempty"` // where keys, teams, budgets and the like are kept that the admin API makes; nil: what the document says is all there is
	Observability  Observability `json:"observability,omitempty"`
	Limits         Limits        `json:"limits,omitempty"`
	AllowAnonymous *bool         `json:"allow_anonymous,omitempty"` // callers without a key; default: only when no virtual key exists and listen is loopback
	AllowedOrigins []string      `json:"allowed_origins,omitempty"` // web origins, such as https://app.example.com, whose pages may open WebSockets; "*": any; those of the address that they ask always may
	ExtraFields    *bool         `json:"extra_fields,omitempty"`    // translated answers say in extra_fields who answered and what was dropped, where the client's SDK bears it; default true
	Cache          *Cache        `json:"cache,omitempty"`           // nil: no answer is given twice
	Repeats        Repeats       `json:"repeats,omitempty"`         // calls that come again under their Idempotency-Key
	Overload       *Overload     `json:"overload,omitempty"`        // bounds what is under way at each target; nil: nothing does
	Providers      []Provider    `json:"providers,omitempty"`
	Models         []Model       `json:"models,omitempty"`
	Routing        Routing       `json:"routing,omitempty"`
	VirtualKeys    []VirtualKey  `json:"virtual_keys,omitempty"`
	Teams          []Team        `json:"teams,omitempty"`
	Customers      []Customer    `json:"customers,omitempty"`
	RateLimits     []RateLimit   `json:"rate_limits,omitempty"` // of all callers together
	Budgets        []Budget      `json:"budgets,omitempty"`     // of all callers together
	Governance     Governance    `json:"governance,omitempty"`
	Prices         Prices        `json:"prices,omitempty"`
	Audit          *Audit        `json:"audit,omitempty"` // nil: that of the defaults
}

// TLS names the certificate files of a listener. They are read again when they change.
type TLS struct {
	Cert       string `json:"cert"`                                 // PEM chain, leaf first
	Key        Secret `json:"key"`                                  // PEM private key: file:/path or cred:NAME
	MinVersion string `json:"min_version,omitempty" enum:"1.2,1.3"` // "1.2" (default) or "1.3"
}

// Admin is the listener for metrics, profiles and health, apart from the data plane.
type Admin struct {
	Listen string `json:"listen,omitempty"` // empty: no admin listener; /metrics is then on the data listener, for loopback callers only
	Token  Secret `json:"token,omitempty"`  // bearer token; required unless listen is loopback; with a store one is made at the first start
	Shared bool   `json:"shared,omitempty"` // the admin API of a store also on the data listener, for callers of other machines that have the token; default: there for callers of the same machine only
}

// Store keeps what the admin API and asbru keys change: virtual keys, teams, customers, budgets,
// limits and prices. It is added to what the document says, which they cannot change.
type Store struct {
	Path     string   `json:"path,omitempty"`     // a file of SQLite; default: asbru.db in the state directory of the service, else in the directory it was started in
	Postgres Secret   `json:"postgres,omitempty"` // a database for several machines, postgres://user:password@host/name; instead of path, and with governance.pepper
	Copy     string   `json:"copy,omitempty"`     // a file that knows what postgres kept, to start with when that does not answer; default: asbru-store.json in the state directory of the service, else none
	Poll     Duration `json:"poll,omitempty"`     // how often it is looked for the changes of others; default 1s
}

// Leased reports whether budgets are shared with other machines.
func (d *Document) Leased() bool {
	return d.Store != nil && d.Store.Postgres.Set() && (d.Governance.Shared == nil || *d.Governance.Shared)
}

// Observability says what is told about requests, and where.
type Observability struct {
	AccessLog    string `json:"access_log,omitempty"`                             // "stdout", "stderr", "off" (default) or a file path
	LogLevel     string `json:"log_level,omitempty" enum:"debug,info,warn,error"` // debug, info (default), warn, error
	ServerTiming bool   `json:"server_timing,omitempty"`                          // answer with Server-Timing: what time went where
	Explain      bool   `json:"explain,omitempty"`                                // answer with X-Asbru-Route, -Rule, -Target, -Key and -Attempts: names of the configuration, for clients that may know them
}

// Limits bound what one client, and all of them, may ask.
type Limits struct {
	BodyBytes   Size     `json:"body_bytes,omitempty"`   // request body; default 20MiB
	Connections int      `json:"connections,omitempty"`  // client connections; default 15000
	HeadTimeout Duration `json:"head_timeout,omitempty"` // first to last byte of a head; default 5s
	IdleTimeout Duration `json:"idle_timeout,omitempty"` // between requests; default 60s
	BodyTimeout Duration `json:"body_timeout,omitempty"` // without progress in a body; default 20s
	SlowClient  Duration `json:"slow_client,omitempty"`  // without progress in writing to a client; default 60s
	Memory      Size     `json:"memory,omitempty"`       // soft memory limit of the process; default: none
	DrainWait   Duration `json:"drain_wait,omitempty"`   // how long a stopping process lets streams finish; default 15m
}

// A Provider is one upstream account or server.
type Provider struct {
	Name     string            `json:"name"`                                                            // the prefix of provider/model; also the type when type is empty
	Type     string            `json:"type,omitempty"`                                                  // an adapter's name; default: name if that is an adapter, else the kind of server that speaks dialect when base_url is set
	Dialect  string            `json:"dialect,omitempty" enum:"openai,anthropic,gemini,bedrock,cohere"` // the one format to speak with it; default: each that type has, openai for a type of your own
	BaseURL  string            `json:"base_url,omitempty"`                                              // default: the adapter's
	Upstream string            `json:"upstream,omitempty"`                                              // what stands in its place, to rehearse: record:FILE, replay:FILE, chaos:FILE
	Options  map[string]string `json:"options,omitempty"`                                               // what the adapter's address needs to know: resource, region, project, account …
	APIKey   Secret            `json:"api_key,omitempty"`                                               // short form of one entry in keys
	Keys     []Key             `json:"keys,omitempty"`
	Auth     *Auth             `json:"auth,omitempty"`    // short form of one entry in keys that has no value: a credential that expires or that signs
	Models   []string          `json:"models,omitempty"`  // bare names this provider serves; "*" suffix is a prefix match; empty: the adapter's
	Headers  map[string]string `json:"headers,omitempty"` // fixed headers sent with each request
	Paths    map[string]string `json:"paths,omitempty"`   // operation → path override, below base_url; {model} stands for the model's name
	Drop     []string          `json:"drop,omitempty"`    // fields of request bodies that the server refuses and can be left out
	Rename   map[string]string `json:"rename,omitempty"`  // field of request bodies → what the server calls it
	Network  Network           `json:"network,omitempty"`
	Retry    *Retry            `json:"retry,omitempty"`    // of provider/model names and bare ones; an alias has its own
	Breaker  *Breaker          `json:"breaker,omitempty"`  // of provider/model names and bare ones; an alias has its own
	Overload *Overload         `json:"overload,omitempty"` // of each of its targets; what it leaves out is that of the document; a target in models may have its own
	Health   *Health           `json:"health,omitempty"`   // default: on for local servers (ollama, vllm …), off for all others

	RateLimits []RateLimit `json:"rate_limits,omitempty"` // requests and tokens: while they are used up, others of an alias are asked
	Budgets    []Budget    `json:"budgets,omitempty"`     // of what it serves to all callers together
}

// Overload bounds what each target, a model at a provider, has under way at once. Those
// beyond wait for their turn or are refused. The bound is learnt from how long answers take.
type Overload struct {
	Off            bool     `json:"off,omitempty"`             // no bound; for a provider or a target, when the others have one
	Adaptive       *bool    `json:"adaptive,omitempty"`        // learn the bound; default true; false: it is max_concurrency
	MinConcurrency int      `json:"min_concurrency,omitempty"` // the bound is never lower; default 4
	MaxConcurrency int      `json:"max_concurrency,omitempty"` // nor higher; default 1000
	Queue          Queue    `json:"queue,omitempty"`
	BatchShare     *float64 `json:"batch_share,omitempty"` // of the turns that batch has while interactive requests wait; default 0.1; 0: none
}

// Queue is where requests wait for a place at a target.
type Queue struct {
	Size *int     `json:"size,omitempty"` // requests that wait at once; default 1000; 0: nobody waits
	Wait Duration `json:"wait,omitempty"` // for a place, at most; default 2s
}

// Health says whether a Provider is asked, without a request of a client, if it is well.
type Health struct {
	Off   bool     `json:"off,omitempty"`
	Path  string   `json:"path,omitempty"`  // from the root of the server, such as /health; default: the list of models below base_url
	Every Duration `json:"every,omitempty"` // default 10s, at least 1s
}

// A Key is one credential of a Provider.
type Key struct {
	Name   string   `json:"name,omitempty"` // default: key-1, key-2 …
	Value  Secret   `json:"value,omitempty"`
	Auth   *Auth    `json:"auth,omitempty"`   // instead of value
	Weight *int     `json:"weight,omitempty"` // share of the traffic; default 1; 0 disables the key
	Models []string `json:"models,omitempty"` // the models it may be used for; empty: all
}

// Auth says how to come by a credential that expires or that signs each request. It
// is renewed ahead of time. Each type has fields of its own.
type Auth struct {
	Type         string `json:"type,omitempty" enum:"aws,azure-entra,azure-identity,google,ibm,oauth"` // default: what the provider's type asks for
	TenantID     string `json:"tenant_id,omitempty"`                                                   // azure-entra: id or domain of the directory
	ClientID     string `json:"client_id,omitempty"`                                                   // azure-entra, oauth: the application; azure-identity: a user-assigned identity, default the system's own
	ClientSecret Secret `json:"client_secret,omitempty"`                                               // azure-entra, oauth
	TokenFile    string `json:"token_file,omitempty"`                                                  // azure-entra, aws with role_arn: a token that the platform issues and renews
	Scope        string `json:"scope,omitempty"`                                                       // azure-entra, azure-identity, google, oauth; default: what the provider's type asks for
	Authority    string `json:"authority,omitempty"`                                                   // azure-entra; default https://login.microsoftonline.com
	TokenURL     string `json:"token_url,omitempty"`                                                   // oauth: who issues the tokens; ibm: default https://iam.cloud.ibm.com/identity/token
	Basic        bool   `json:"basic,omitempty"`                                                       // oauth: client_id and client_secret go in a header, not in the body
	Credentials  Secret `json:"credentials,omitempty"`                                                 // google: the content of a credentials file, default what the machine has; ibm: the API key
	AccessKey    Secret `json:"access_key,omitempty"`                                                  // aws: the key's id; default: what the machine has (variables, shared files, container, instance)
	SecretKey    Secret `json:"secret_key,omitempty"`                                                  // aws
	SessionToken Secret `json:"session_token,omitempty"`                                               // aws: of a temporary key
	Profile      string `json:"profile,omitempty"`                                                     // aws: of the shared files
	RoleARN      string `json:"role_arn,omitempty"`                                                    // aws: a role to assume with that key, or with token_file
	ExternalID   string `json:"external_id,omitempty"`                                                 // aws: what the role's owner asks for
	SessionName  string `json:"session_name,omitempty"`                                                // aws: the role's name in the logs of AWS; default asbru
	Region       string `json:"region,omitempty"`                                                      // aws; default: the provider's option of that name, else the one in its address
	STSURL       string `json:"sts_url,omitempty"`                                                     // aws: where roles are assumed; default: by region
	MetadataURL  string `json:"metadata_url,omitempty"`                                                // aws, azure-entra, azure-identity, google: the machine's metadata service; default: the cloud's
}

// Network says how a Provider is reached.
type Network struct {
	ConnectTimeout      Duration `json:"connect_timeout,omitempty"`       // TCP and TLS; default 3s
	HeaderTimeout       Duration `json:"header_timeout,omitempty"`        // request sent → reply head, of streams, embeddings, rerank and token counts; default 30s
	AnswerTimeout       Duration `json:"answer_timeout,omitempty"`        // request sent → reply head, of an answer that comes whole and may have been thought about for minutes; default 5m, or header_timeout if that is longer
	FirstTimeout        Duration `json:"first_timeout,omitempty"`         // request sent → first content of a stream; default 2m
	StallTimeout        Duration `json:"stall_timeout,omitempty"`         // between reply bytes, in a stream between events that say something; default 30s
	TotalTimeout        Duration `json:"total_timeout,omitempty"`         // whole exchange; default 10m
	KeepAlive           Duration `json:"keep_alive,omitempty"`            // an idle connection is closed after; default 30s
	MaxConnections      int      `json:"max_connections,omitempty"`       // open to this provider; default 10000
	Proxy               string   `json:"proxy,omitempty"`                 // http://host:port (CONNECT) or "env"; default none
	CA                  string   `json:"ca,omitempty"`                    // PEM file trusted besides the system's roots
	ServerName          string   `json:"server_name,omitempty"`           // name in the TLS handshake; default: host of base_url
	InsecureSkipVerify  bool     `json:"insecure_skip_verify,omitempty"`  // accept any certificate; for tests only
	AllowPrivateNetwork *bool    `json:"allow_private_network,omitempty"` // private and link-local addresses; default: false, true for local servers (ollama, vllm …)
}

// A Model is a name of ours for one model at one provider, or for several among which
// requests are balanced.
type Model struct {
	Alias    string        `json:"alias"`                                                                                                                     // what clients ask for
	Provider string        `json:"provider,omitempty"`                                                                                                        // a Provider's name; short form of one entry in targets
	Model    string        `json:"model,omitempty"`                                                                                                           // what the provider calls it; default: alias
	Targets  []ModelTarget `json:"targets,omitempty"`                                                                                                         // instead of provider and model
	Strategy string        `json:"strategy,omitempty" enum:"ordered,weighted,round-robin,least-in-flight,least-latency,least-ttft,cheapest,fastest,adaptive"` // which of targets is asked first; default: ordered
	Fallback []string      `json:"fallback,omitempty"`                                                                                                        // aliases, provider/model or bare names, tried in order after targets
	Retry    *Retry        `json:"retry,omitempty"`
	Breaker  *Breaker      `json:"breaker,omitempty"`
	Affinity *Affinity     `json:"affinity,omitempty"`
	Hedge    *Hedge        `json:"hedge,omitempty"`                      // default: off
	Shadow   *Shadow       `json:"shadow,omitempty"`                     // default: off
	Rescue   string        `json:"rescue,omitempty" enum:"off,continue"` // continue: a stream that breaks off in its text is continued by the next target; default: off

	RateLimits []RateLimit `json:"rate_limits,omitempty"` // of all callers of the alias together
	Budgets    []Budget    `json:"budgets,omitempty"`     // of all callers of the alias together
}

// A ModelTarget is one model at one provider.
type ModelTarget struct {
	Provider string    `json:"provider"`
	Model    string    `json:"model,omitempty"`    // what the provider calls it; default: alias
	Weight   *int      `json:"weight,omitempty"`   // share of the requests with weighted and adaptive; default 1; 0: only when the others fail
	Price    *Price    `json:"price,omitempty"`    // what cheapest compares: three parts input, one part output; default: what it costs by the catalogue and prices
	Overload *Overload `json:"overload,omitempty"` // of this model at this provider, whichever alias leads there; what it leaves out is that of the provider
}

// Price is US dollars for a million tokens.
type Price struct {
	Input  float64 `json:"input"`
	Output float64 `json:"output"`
}

// Retry bounds the attempts of a request, and those of all requests together.
type Retry struct {
	Attempts  int      `json:"attempts,omitempty"`   // of one request, fallbacks included; default 3, at most 6
	Share     *float64 `json:"share,omitempty"`      // retries that each request adds to the budget; default 0.2
	PerSecond *float64 `json:"per_second,omitempty"` // retries that each second adds to it; default 10
	Again     int      `json:"again,omitempty"`      // how often a target that failed is asked once more when nobody else is left, within attempts; default 0
	Backoff   Duration `json:"backoff,omitempty"`    // the wait before that, a fifth more or less, doubled each time; default 250ms
	Longest   Duration `json:"longest,omitempty"`    // the longest such wait; a provider that asks for more is not asked again; default 5s
}

// Breaker says when a target with a key is left alone for a while.
type Breaker struct {
	Off            bool     `json:"off,omitempty"`                                // failures do not count; what a provider says of a key still does
	Failures       int      `json:"failures,omitempty"`                           // in a row that open it; default 5
	Ratio          float64  `json:"ratio,omitempty"`                              // of the answers of ten seconds, above which it opens; default 0.5
	Least          int      `json:"least,omitempty"`                              // answers in ten seconds below which the ratio says nothing; default 20
	Open           Duration `json:"open,omitempty"`                               // how long it stays open at first; default 5s
	WhenAllBenched string   `json:"when_all_benched,omitempty" enum:"refuse,try"` // refuse: 429 or 503 with Retry-After; try: the one that is back first is asked all the same; default: refuse what a provider asked to be spared, try what failed
}

// Hedge asks another target beside the first when that one is slow, and takes who answers first.
type Hedge struct {
	After      string   `json:"after,omitempty"`                 // without content: a duration, or a percentile of what the alias has measured; default p95
	MaxShare   Percent  `json:"max_share,omitempty"`             // of the requests that are hedged at most; default 5%
	MaxPerHour *float64 `json:"max_cost_usd_per_hour,omitempty"` // what hedges may cost, reckoned from the price of the target that is asked; default: no cap
}

// Shadow sends a copy of some requests to another target, to compare its answers. Nobody gets them.
type Shadow struct {
	Target string  `json:"target"`          // an alias, provider/model or a bare name
	Share  Percent `json:"share,omitempty"` // of the requests; default 1%
	Price  *Price  `json:"price,omitempty"` // of that target, for the comparison of costs; default: what it costs by the catalogue and prices
}

// Affinity keeps a session at the target and key that served it last.
type Affinity struct {
	Off bool     `json:"off,omitempty"`
	TTL Duration `json:"ttl,omitempty"` // how long an unused session is remembered; default 1h
}

// Routing leads requests elsewhere than their model's name does.
type Routing struct {
	Rules []Rule `json:"rules,omitempty"`
}

// A Rule leads the requests that meet a condition to targets of its own. Of those
// that apply to a caller the first match decides: rules of the key go before those of
// its team, its customer and everybody; among them the lower priority goes first.
type Rule struct {
	Name      string       `json:"name"`
	When      string       `json:"when,omitempty"`      // a condition in a subset of CEL, such as model == "gpt-4o" && headers["x-tier"] == "free"; empty: always
	Scope     Scope        `json:"scope,omitempty"`     // whose requests; default: everybody's
	Priority  int          `json:"priority,omitempty"`  // lower goes first; default 0
	Targets   []RuleTarget `json:"targets"`             // one is drawn by weight
	Fallbacks []string     `json:"fallbacks,omitempty"` // tried in order after it, before the other targets: aliases, provider/model, bare names; "provider/" keeps the model
	Chain     bool         `json:"chain,omitempty"`     // look for another rule with what this one chose
	Disabled  bool         `json:"disabled,omitempty"`
}

// A Scope says whose requests a Rule is for. At most one field is set.
type Scope struct {
	Key      string `json:"key,omitempty"`      // name of a virtual key
	Team     string `json:"team,omitempty"`     // team of virtual keys
	Customer string `json:"customer,omitempty"` // customer of virtual keys
}

// A RuleTarget is where a Rule leads: a model at a provider, a provider with the
// model asked for, or whatever a model's name leads to.
type RuleTarget struct {
	Provider string `json:"provider,omitempty"` // a Provider's name
	Model    string `json:"model,omitempty"`    // what the provider calls it; without provider: an alias, provider/model or bare name; empty: the model asked for
	Key      string `json:"key,omitempty"`      // name of the one key of the provider to use; default: all of them
	Weight   *int   `json:"weight,omitempty"`   // share of the rule's requests; default 1; 0: tried after the others only
}

// Percent is a share written as "5%" or 0.05.
type Percent float64

// Duration is a time.Duration written as "1.5s", "10m", or a number of seconds.
type Duration time.Duration

// Size is a number of bytes written as 1048576, "20MiB", "512KB".
type Size int64

// A Moment is a time of the wall clock as RFC 3339 writes it: 2027-01-31T00:00:00Z.
type Moment string

// Or returns d, or def when d is zero.
func (d Duration) Or(def time.Duration) time.Duration {
	if d == 0 {
		return def
	}
	return time.Duration(d)
}
