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
	Store          *Store        `json:"store,omitempty"` // keeps what the admin API creates: keys, teams, budgets and the like; nil: there is only what the document says
	Observability  Observability `json:"observability,omitempty"`
	Limits         Limits        `json:"limits,omitempty"`
	AllowAnonymous *bool         `json:"allow_anonymous,omitempty"` // accept callers without a key; default: only when no virtual key exists and listen is a loopback address
	AllowedOrigins []string      `json:"allowed_origins,omitempty"` // web origins, such as https://app.example.com, whose pages may call from a browser (CORS) and open WebSockets; "*": any, which sends no credentials of the browser's; default: none but the origin of the address being called
	ExtraFields    *bool         `json:"extra_fields,omitempty"`    // add extra_fields to translated answers: who answered and what was dropped; left out where the client's SDK rejects unknown fields; default true
	Cache          *Cache        `json:"cache,omitempty"`           // nil: no answer is reused
	Repeats        Repeats       `json:"repeats,omitempty"`         // requests that are repeated with the same Idempotency-Key
	Overload       *Overload     `json:"overload,omitempty"`        // bounds the requests in flight at each target; nil: no bound
	Providers      []Provider    `json:"providers,omitempty"`
	Models         []Model       `json:"models,omitempty"`
	Routing        Routing       `json:"routing,omitempty"`
	VirtualKeys    []VirtualKey  `json:"virtual_keys,omitempty"`
	Teams          []Team        `json:"teams,omitempty"`
	Customers      []Customer    `json:"customers,omitempty"`
	RateLimits     []RateLimit   `json:"rate_limits,omitempty"` // for all callers together
	Budgets        []Budget      `json:"budgets,omitempty"`     // for all callers together
	Governance     Governance    `json:"governance,omitempty"`
	Prices         Prices        `json:"prices,omitempty"`
	Audit          *Audit        `json:"audit,omitempty"` // nil: the defaults
}

// TLS names the certificate files of a listener. They are read again when they change.
type TLS struct {
	Cert       string `json:"cert"`                                 // PEM chain, leaf first
	Key        Secret `json:"key"`                                  // PEM private key: file:/path or cred:NAME
	MinVersion string `json:"min_version,omitempty" enum:"1.2,1.3"` // "1.2" (default) or "1.3"
}

// Admin is the listener for metrics, profiles and health, separate from the data plane.
type Admin struct {
	Listen string `json:"listen,omitempty"` // empty: no admin listener; /metrics is then on the data listener, for loopback callers only
	Token  Secret `json:"token,omitempty"`  // bearer token; required unless listen is a loopback address; with a store, one is generated at the first start
	Shared bool   `json:"shared,omitempty"` // also serve the store's admin API on the data listener to callers on other machines that present the token; default: only to callers on this machine
}

// Store keeps what the admin API and asbru keys create: virtual keys, teams, customers, budgets,
// limits and prices. They add to those in the document, which the API cannot change.
type Store struct {
	Path     string   `json:"path,omitempty"`     // SQLite file; default: asbru.db in the service's state directory, else in the working directory
	Postgres Secret   `json:"postgres,omitempty"` // a database for several machines, postgres://user:password@host/name; instead of path; requires governance.pepper
	Copy     string   `json:"copy,omitempty"`     // local copy of the content of postgres, used at start when postgres does not answer; default: asbru-store.json in the service's state directory, else none
	Poll     Duration `json:"poll,omitempty"`     // how often changes made by others are looked for; default 1s
}

// Leased reports whether budgets are shared with other machines.
func (d *Document) Leased() bool {
	return d.Store != nil && d.Store.Postgres.Set() && (d.Governance.Shared == nil || *d.Governance.Shared)
}

// Observability says what is reported about requests, and where.
type Observability struct {
	AccessLog    string `json:"access_log,omitempty"`                             // "stdout", "stderr", "off" (default) or a file path
	LogLevel     string `json:"log_level,omitempty" enum:"debug,info,warn,error"` // debug, info (default), warn, error
	ServerTiming bool   `json:"server_timing,omitempty"`                          // add a Server-Timing header to answers: where the time went
	Explain      bool   `json:"explain,omitempty"`                                // add X-Asbru-Route, -Rule, -Target, -Key and -Attempts to answers; they disclose names of the configuration
}

// Limits bound what one client, and all clients together, may use.
type Limits struct {
	BodyBytes   Size     `json:"body_bytes,omitempty"`   // request body; default 20MiB
	Connections int      `json:"connections,omitempty"`  // client connections; default 15000
	HeadTimeout Duration `json:"head_timeout,omitempty"` // from the first to the last byte of a request head; default 5s
	IdleTimeout Duration `json:"idle_timeout,omitempty"` // between two requests; default 60s
	BodyTimeout Duration `json:"body_timeout,omitempty"` // without progress while receiving a request body; default 20s
	SlowClient  Duration `json:"slow_client,omitempty"`  // without progress while sending to a client; default 60s
	Memory      Size     `json:"memory,omitempty"`       // soft memory limit of the process; default: none
	DrainWait   Duration `json:"drain_wait,omitempty"`   // how long a stopping process lets streams finish; default 15m
}

// A Provider is one upstream account or server.
type Provider struct {
	Name     string            `json:"name"`                                                            // the prefix of provider/model; also the type when type is empty
	Type     string            `json:"type,omitempty"`                                                  // an adapter's name; default: name if that is an adapter, else, with base_url, a generic server that speaks dialect
	Dialect  string            `json:"dialect,omitempty" enum:"openai,anthropic,gemini,bedrock,cohere"` // the only format to use with it; default: every format that type has; openai for a generic server
	BaseURL  string            `json:"base_url,omitempty"`                                              // default: the adapter's
	Upstream string            `json:"upstream,omitempty"`                                              // replaces the provider in a rehearsal: record:FILE, replay:FILE or chaos:FILE
	Options  map[string]string `json:"options,omitempty"`                                               // values for the placeholders in the adapter's address: resource, region, project, account …
	APIKey   Secret            `json:"api_key,omitempty"`                                               // short form of one entry in keys
	Keys     []Key             `json:"keys,omitempty"`
	Auth     *Auth             `json:"auth,omitempty"`    // a credential that expires or that signs requests; short form of one entry in keys that has auth instead of value
	Models   []string          `json:"models,omitempty"`  // bare model names this provider serves; a "*" suffix matches prefixes; empty: the adapter's
	Headers  map[string]string `json:"headers,omitempty"` // fixed headers added to each request
	Paths    map[string]string `json:"paths,omitempty"`   // operation → path below base_url that replaces the adapter's; {model} stands for the model's name
	Drop     []string          `json:"drop,omitempty"`    // request fields that the server rejects and that can be left out
	Rename   map[string]string `json:"rename,omitempty"`  // request field → the server's name for it
	Network  Network           `json:"network,omitempty"`
	Retry    *Retry            `json:"retry,omitempty"`    // for provider/model names and bare names; an alias has its own
	Breaker  *Breaker          `json:"breaker,omitempty"`  // for provider/model names and bare names; an alias has its own
	Overload *Overload         `json:"overload,omitempty"` // for each of its targets; unset fields are inherited from the document; a target in models can override it
	Health   *Health           `json:"health,omitempty"`   // default: on for local servers (ollama, vllm …), off for all others

	RateLimits []RateLimit `json:"rate_limits,omitempty"` // requests and tokens; once used up, the other targets of an alias are asked instead
	Budgets    []Budget    `json:"budgets,omitempty"`     // for everything it serves, all callers together
}

// Overload bounds the requests that each target, a model at a provider, has in flight. Requests
// beyond the bound wait in a queue or are refused. The bound is learnt from how long answers take.
type Overload struct {
	Off            bool     `json:"off,omitempty"`             // no bound; for a provider or target when the others have one
	Adaptive       *bool    `json:"adaptive,omitempty"`        // learn the bound; default true; false: the bound is max_concurrency
	MinConcurrency int      `json:"min_concurrency,omitempty"` // lower limit of the bound; default 4
	MaxConcurrency int      `json:"max_concurrency,omitempty"` // upper limit of the bound; default 1000
	Queue          Queue    `json:"queue,omitempty"`
	BatchShare     *float64 `json:"batch_share,omitempty"` // share of the turns that batch requests get while interactive ones wait; default 0.1; 0: none
}

// Queue is where requests wait for a place at a target.
type Queue struct {
	Size *int     `json:"size,omitempty"` // requests that wait at once; default 1000; 0: none waits
	Wait Duration `json:"wait,omitempty"` // longest wait for a place; default 2s
}

// Health says whether and how a Provider is probed when no client request is made.
type Health struct {
	Off   bool     `json:"off,omitempty"`
	Path  string   `json:"path,omitempty"`  // absolute path on the server, such as /health; default: the list of models below base_url
	Every Duration `json:"every,omitempty"` // default 10s, at least 1s
}

// A Key is one credential of a Provider.
type Key struct {
	Name   string   `json:"name,omitempty"` // default: key-1, key-2 …
	Value  Secret   `json:"value,omitempty"`
	Auth   *Auth    `json:"auth,omitempty"`   // instead of value
	Weight *int     `json:"weight,omitempty"` // share of the traffic; default 1; 0 disables the key
	Models []string `json:"models,omitempty"` // the models it is used for; empty: all
}

// Auth describes a credential that expires or that signs each request. It is renewed in advance.
// Each type has its own fields.
type Auth struct {
	Type         string `json:"type,omitempty" enum:"aws,azure-entra,azure-identity,google,ibm,oauth"` // default: the one that the provider's type needs
	TenantID     string `json:"tenant_id,omitempty"`                                                   // azure-entra: id or domain of the directory
	ClientID     string `json:"client_id,omitempty"`                                                   // azure-entra, oauth: the application; azure-identity: a user-assigned identity, default the system-assigned one
	ClientSecret Secret `json:"client_secret,omitempty"`                                               // azure-entra, oauth
	TokenFile    string `json:"token_file,omitempty"`                                                  // azure-entra, aws with role_arn: a token file that the platform issues and renews
	Scope        string `json:"scope,omitempty"`                                                       // azure-entra, azure-identity, google, oauth; default: the one that the provider's type needs
	Authority    string `json:"authority,omitempty"`                                                   // azure-entra; default https://login.microsoftonline.com
	TokenURL     string `json:"token_url,omitempty"`                                                   // oauth: the token endpoint; ibm: default https://iam.cloud.ibm.com/identity/token
	Basic        bool   `json:"basic,omitempty"`                                                       // oauth: send client_id and client_secret in a header instead of the body
	Credentials  Secret `json:"credentials,omitempty"`                                                 // google: the content of a credentials file, default the credentials of the machine; ibm: the API key
	AccessKey    Secret `json:"access_key,omitempty"`                                                  // aws: the access key's id; default: the credentials of the machine (variables, shared files, container, instance)
	SecretKey    Secret `json:"secret_key,omitempty"`                                                  // aws
	SessionToken Secret `json:"session_token,omitempty"`                                               // aws: for temporary keys
	Profile      string `json:"profile,omitempty"`                                                     // aws: profile in the shared files
	RoleARN      string `json:"role_arn,omitempty"`                                                    // aws: a role to assume with that key or with token_file
	ExternalID   string `json:"external_id,omitempty"`                                                 // aws: the external id that the role's owner requires
	SessionName  string `json:"session_name,omitempty"`                                                // aws: session name shown in the logs of AWS; default asbru
	Region       string `json:"region,omitempty"`                                                      // aws; default: the provider's option of that name, else the region in its address
	STSURL       string `json:"sts_url,omitempty"`                                                     // aws: the STS endpoint; default: the region's
	MetadataURL  string `json:"metadata_url,omitempty"`                                                // aws, azure-entra, azure-identity, google: the machine's metadata service; default: the cloud's
}

// Network says how a Provider is reached.
type Network struct {
	ConnectTimeout      Duration `json:"connect_timeout,omitempty"`       // TCP and TLS handshakes; default 3s
	HeaderTimeout       Duration `json:"header_timeout,omitempty"`        // from the request sent to the head of the reply, of streams, embeddings, rerank and token counts; default 30s
	AnswerTimeout       Duration `json:"answer_timeout,omitempty"`        // the same for an answer that comes whole, which a model may think about for minutes; default 5m, or header_timeout if that is longer
	FirstTimeout        Duration `json:"first_timeout,omitempty"`         // from the request sent to the first content of a stream; default 2m
	StallTimeout        Duration `json:"stall_timeout,omitempty"`         // between bytes of a reply, or between events with content in a stream; default 30s
	TotalTimeout        Duration `json:"total_timeout,omitempty"`         // for the whole exchange; default 10m
	KeepAlive           Duration `json:"keep_alive,omitempty"`            // idle connections are closed after this time; default 30s
	MaxConnections      int      `json:"max_connections,omitempty"`       // open connections to this provider; default 10000
	Proxy               string   `json:"proxy,omitempty"`                 // http://host:port (CONNECT) or "env"; default none
	CA                  string   `json:"ca,omitempty"`                    // PEM file of authorities trusted in addition to the system's
	ServerName          string   `json:"server_name,omitempty"`           // name in the TLS handshake; default: host of base_url
	InsecureSkipVerify  bool     `json:"insecure_skip_verify,omitempty"`  // accept any certificate; for tests only
	AllowPrivateNetwork *bool    `json:"allow_private_network,omitempty"` // allow private and link-local addresses; default: false, but true for local servers (ollama, vllm …)
}

// A Model is an alias: our name for one model at one provider, or for several targets among which
// requests are balanced.
type Model struct {
	Alias    string        `json:"alias"`                                                                                                                     // the name that clients ask for
	Provider string        `json:"provider,omitempty"`                                                                                                        // a Provider's name; short form of one entry in targets
	Model    string        `json:"model,omitempty"`                                                                                                           // the provider's name for the model; default: alias
	Targets  []ModelTarget `json:"targets,omitempty"`                                                                                                         // instead of provider and model
	Strategy string        `json:"strategy,omitempty" enum:"ordered,weighted,round-robin,least-in-flight,least-latency,least-ttft,cheapest,fastest,adaptive"` // which target is asked first; default: ordered
	Fallback []string      `json:"fallback,omitempty"`                                                                                                        // aliases, provider/model or bare names, tried in order after the targets
	Retry    *Retry        `json:"retry,omitempty"`
	Breaker  *Breaker      `json:"breaker,omitempty"`
	Affinity *Affinity     `json:"affinity,omitempty"`
	Hedge    *Hedge        `json:"hedge,omitempty"`                      // default: off
	Shadow   *Shadow       `json:"shadow,omitempty"`                     // default: off
	Rescue   string        `json:"rescue,omitempty" enum:"off,continue"` // continue: when a stream breaks off in its text, the next target continues it; default: off

	RateLimits []RateLimit `json:"rate_limits,omitempty"` // for all callers of the alias together
	Budgets    []Budget    `json:"budgets,omitempty"`     // for all callers of the alias together
}

// A ModelTarget is one model at one provider.
type ModelTarget struct {
	Provider string    `json:"provider"`
	Model    string    `json:"model,omitempty"`    // the provider's name for the model; default: alias
	Weight   *int      `json:"weight,omitempty"`   // share of the requests with the strategies weighted and adaptive; default 1; 0: only when the others fail
	Price    *Price    `json:"price,omitempty"`    // what the strategy cheapest compares: three parts input, one part output; default: the price from prices and the catalogue
	Overload *Overload `json:"overload,omitempty"` // for this model at this provider, whichever alias leads there; unset fields are inherited from the provider
}

// Price is in US dollars for a million tokens.
type Price struct {
	Input  float64 `json:"input"`
	Output float64 `json:"output"`
}

// Retry bounds the attempts of one request, and the retries of all requests together.
type Retry struct {
	Attempts  int      `json:"attempts,omitempty"`   // for one request, fallbacks included; default 3, at most 6
	Share     *float64 `json:"share,omitempty"`      // retries that each request adds to the retry budget; default 0.2
	PerSecond *float64 `json:"per_second,omitempty"` // retries that each second adds to it; default 10
	Again     int      `json:"again,omitempty"`      // how often a failed target is asked once more when no other is left, within attempts; default 0
	Backoff   Duration `json:"backoff,omitempty"`    // the wait before such a retry, varied by a fifth and doubled each time; default 250ms
	Longest   Duration `json:"longest,omitempty"`    // the longest such wait; a provider that asks for a longer one is not retried; default 5s
}

// Breaker says when a target and key that fail are not asked for a while.
type Breaker struct {
	Off            bool     `json:"off,omitempty"`                                // failures do not count; what a provider says about a key still does
	Failures       int      `json:"failures,omitempty"`                           // consecutive failures that open the breaker; default 5
	Ratio          float64  `json:"ratio,omitempty"`                              // share of failures within ten seconds above which it opens; default 0.5
	Least          int      `json:"least,omitempty"`                              // answers within ten seconds that the ratio needs; default 20
	Open           Duration `json:"open,omitempty"`                               // how long it stays open at first; default 5s
	WhenAllBenched string   `json:"when_all_benched,omitempty" enum:"refuse,try"` // when every target is out: refuse answers 429 or 503 with Retry-After; try asks the one that is back first; default: refuse if the provider asked for a pause, try if it failed
}

// Hedge asks a second target when the first one is slow, and uses whichever answers first.
type Hedge struct {
	After      string   `json:"after,omitempty"`                 // time without content: a duration, or a percentile of the times measured for the alias; default p95
	MaxShare   Percent  `json:"max_share,omitempty"`             // largest share of the requests that are hedged; default 5%
	MaxPerHour *float64 `json:"max_cost_usd_per_hour,omitempty"` // most that hedges may cost in an hour, by the price of the second target; default: no cap
}

// Shadow sends a copy of some requests to another target, to compare its answers. No client gets
// those answers.
type Shadow struct {
	Target string  `json:"target"`          // an alias, provider/model or a bare name
	Share  Percent `json:"share,omitempty"` // share of the requests; default 1%
	Price  *Price  `json:"price,omitempty"` // price of that target, for the comparison of costs; default: the price from prices and the catalogue
}

// Affinity keeps a session at the target and key that served it last.
type Affinity struct {
	Off bool     `json:"off,omitempty"`
	TTL Duration `json:"ttl,omitempty"` // how long an unused session is remembered; default 1h
}

// Routing sends requests to other targets than their model's name does.
type Routing struct {
	Rules []Rule `json:"rules,omitempty"`
}

// A Rule sends the requests that meet a condition to targets of its own. Of the rules that apply to
// a caller the first match decides: those of the key come before those of its team, its customer
// and everyone; among equals the lower priority comes first.
type Rule struct {
	Name      string       `json:"name"`
	When      string       `json:"when,omitempty"`      // condition in a subset of CEL, such as model == "gpt-4o" && headers["x-tier"] == "free"; empty: always
	Scope     Scope        `json:"scope,omitempty"`     // whose requests; default: everyone's
	Priority  int          `json:"priority,omitempty"`  // lower comes first; default 0
	Targets   []RuleTarget `json:"targets"`             // one is chosen at random, by weight
	Fallbacks []string     `json:"fallbacks,omitempty"` // tried in order after the chosen target and before its other targets: aliases, provider/model, bare names; "provider/" keeps the model
	Chain     bool         `json:"chain,omitempty"`     // continue with another rule, for the model that this one chose
	Disabled  bool         `json:"disabled,omitempty"`
}

// A Scope says whose requests a Rule is for. At most one field is set.
type Scope struct {
	Key      string `json:"key,omitempty"`      // name of a virtual key
	Team     string `json:"team,omitempty"`     // name of a team
	Customer string `json:"customer,omitempty"` // name of a customer
}

// A RuleTarget is where a Rule sends a request: a model at a provider, a provider with the model
// asked for, or whatever a model name leads to.
type RuleTarget struct {
	Provider string `json:"provider,omitempty"` // a Provider's name
	Model    string `json:"model,omitempty"`    // the provider's name for the model; without provider: an alias, provider/model or bare name; empty: the model asked for
	Key      string `json:"key,omitempty"`      // name of the only key of the provider to use; default: all of them
	Weight   *int   `json:"weight,omitempty"`   // share of the rule's requests; default 1; 0: tried only after the others
}

// Percent is a share written as "5%" or 0.05.
type Percent float64

// Duration is a time.Duration written as "1.5s", "10m", or a number of seconds.
type Duration time.Duration

// Size is a number of bytes written as 1048576, "20MiB", "512KB".
type Size int64

// A Moment is a point in time in RFC 3339 format: 2027-01-31T00:00:00Z.
type Moment string

// Or returns d, or def when d is zero.
func (d Duration) Or(def time.Duration) time.Duration {
	if d == 0 {
		return def
	}
	return time.Duration(d)
}
