package config

// What callers may use, how fast, for how much money, and what it costs. The comments of this
// file are descriptions in the JSON Schema, like those of document.go.

// A VirtualKey is a credential for callers of the gateway, and what it may be used for.
type VirtualKey struct {
	Name              string        `json:"name"`
	Description       string        `json:"description,omitempty"`
	Key               Secret        `json:"key,omitempty"`      // the credential that callers present; instead of digest
	Digest            string        `json:"digest,omitempty"`   // HMAC-SHA-256 of the credential with governance.pepper, as 64 hex digits; instead of key
	Previous          []OldKey      `json:"previous,omitempty"` // earlier credentials, each valid until a given time: the grace period of a rotation
	Team              string        `json:"team,omitempty"`     // the team it belongs to, whose rules, budgets and limits apply as well
	Customer          string        `json:"customer,omitempty"` // the customer who pays; default: the team's
	BudgetUSDPerMonth *float64      `json:"budget_usd_per_month,omitempty"`
	Budgets           []Budget      `json:"budgets,omitempty"`
	RateLimits        []RateLimit   `json:"rate_limits,omitempty"`
	Lane              string        `json:"lane,omitempty" enum:"interactive,batch"` // who goes first at a target that is full; default interactive; a single request can choose batch with x-bf-lane: batch
	AllowedModels     []string      `json:"allowed_models,omitempty"`                // aliases, provider/model, "provider/*", names with *, or "regex:" and an RE2 expression; empty: all
	BlockedModels     []string      `json:"blocked_models,omitempty"`                // written the same way; takes precedence
	Providers         []KeyProvider `json:"providers,omitempty"`                     // the providers that may serve it; empty: all
	BlockedProviders  []string      `json:"blocked_providers,omitempty"`             // providers that never serve it
	RequiredHeaders   []string      `json:"required_headers,omitempty"`              // request headers without which its requests are refused
	ContentLogging    *bool         `json:"content_logging,omitempty"`               // whether its prompts and answers may be logged; default: governance.content_logging
	Expires           Moment        `json:"expires,omitempty"`                       // from this time on it is refused
	Disabled          bool          `json:"disabled,omitempty"`                      // the key is refused, with an error that says so
}

// An OldKey is a credential that was replaced and stays valid for a while.
type OldKey struct {
	Key    Secret `json:"key,omitempty"`
	Digest string `json:"digest,omitempty"`
	Until  Moment `json:"until"`
}

// A KeyProvider is a provider that may serve a virtual key.
type KeyProvider struct {
	Provider      string   `json:"provider"`                 // a Provider's name
	Weight        *int     `json:"weight,omitempty"`         // share of the requests for a bare model name that several of the key's providers serve; default: none; 0: only when the others fail
	AllowedModels []string `json:"allowed_models,omitempty"` // models it may be asked for, as in a key's allowed_models but without provider/; empty: all
	BlockedModels []string `json:"blocked_models,omitempty"`
	Keys          []string `json:"keys,omitempty"` // names of the provider's keys that may be used; empty: all
}

// A Team is a group of virtual keys.
type Team struct {
	Name       string      `json:"name"`
	Customer   string      `json:"customer,omitempty"`
	Budgets    []Budget    `json:"budgets,omitempty"`
	RateLimits []RateLimit `json:"rate_limits,omitempty"`
}

// A Customer pays for teams and virtual keys.
type Customer struct {
	Name       string      `json:"name"`
	Budgets    []Budget    `json:"budgets,omitempty"`
	RateLimits []RateLimit `json:"rate_limits,omitempty"`
}

// A RateLimit is one bound: on requests or tokens in a period, or on requests or streams in flight.
// Exactly one of requests, tokens, calls and streams is set.
type RateLimit struct {
	Requests int      `json:"requests,omitempty"`
	Tokens   int      `json:"tokens,omitempty"`  // prompts and answers together
	Calls    int      `json:"calls,omitempty"`   // requests in flight
	Streams  int      `json:"streams,omitempty"` // requests in flight that asked for a stream
	Per      Duration `json:"per,omitempty"`     // the period, for requests and tokens; default 1m
	Burst    int      `json:"burst,omitempty"`   // for requests and tokens: how many may arrive at once; default: all of them
}

// A Budget is an amount of money for a period.
type Budget struct {
	Name      string           `json:"name,omitempty"` // shown in refusals and reports; default: its window
	USD       float64          `json:"usd"`
	Window    string           `json:"window,omitempty"`                        // a number and m, h, d, w, M, Q or Y: 1h, 1d, 1M, 1Y; default 1M
	Align     string           `json:"align,omitempty" enum:"rolling,calendar"` // calendar: a period starts with the day, the week (Monday), the month, the quarter or the year; rolling: with the first use. Default: calendar for a day and longer
	TimeZone  string           `json:"time_zone,omitempty"`                     // for calendar, such as Europe/Berlin; default UTC
	Providers []string         `json:"providers,omitempty"`                     // counts only what these providers serve; empty: all
	Models    []string         `json:"models,omitempty"`                        // counts only these models, written as in allowed_models; empty: all
	Overrides []BudgetOverride `json:"overrides,omitempty"`
}

// A BudgetOverride raises a Budget for a while.
type BudgetOverride struct {
	USD    float64 `json:"usd"`             // added to the budget
	Until  Moment  `json:"until,omitempty"` // default: without end
	Reason string  `json:"reason"`          // recorded in the audit trail
}

// Governance holds what applies to all virtual keys.
type Governance struct {
	Pepper          Secret   `json:"pepper,omitempty"`           // the secret with which digests of keys are made, at least 32 bytes; default: random for each process, so that no digest can be configured
	RequiredHeaders []string `json:"required_headers,omitempty"` // request headers without which every request is refused
	Ledger          string   `json:"ledger,omitempty"`           // directory of the ledger, which exists once a budget is set; default: asbru-ledger in the service's state directory, else in the working directory
	Shared          *bool    `json:"shared,omitempty"`           // machines that share store.postgres spend from the same budgets; false: each machine counts on its own; default true
	SharedLimits    Secret   `json:"shared_limits,omitempty"`    // redis://user:password@host:port/database (rediss:// for TLS) of a Valkey or Redis through which several machines count rate limits of requests and tokens together; default: each machine counts on its own
	ContentLogging  bool     `json:"content_logging,omitempty"`  // whether prompts and answers may be logged for keys that do not say; default false
	Objects         Objects  `json:"objects,omitempty"`          // whose the things are that callers make at providers: files, batches, containers
	Batches         *Batches `json:"batches,omitempty"`          // how batches are paid for; nil: those whose cost cannot be bounded are refused
}

// Objects says who may see, use and delete what a virtual key made at a provider.
type Objects struct {
	Share      string `json:"share,omitempty" enum:"key,team,customer,all"`   // who may besides the key that made it: nobody (key, default), the keys of its team, those of its customer, or everybody (all), and then no records are kept
	Unrecorded string `json:"unrecorded,omitempty" enum:"hidden,by_id,shown"` // what has no record because it was made elsewhere or before: hidden (default) from virtual keys, usable by who knows its id (by_id), or everybody's (shown)
}

// Batches says how the providers' batch jobs are paid for, which continue for hours after the request that creates them.
type Batches struct {
	HoldUSD float64  `json:"hold_usd,omitempty"` // amount held for a batch whose requests cannot be counted, and charged if its cost is never learnt; default: such batches are refused to callers with a budget
	Every   Duration `json:"every,omitempty"`    // how often a provider is asked for the state of open batches; default 2m, at least 1s
}

// Prices says what models cost where the built-in catalogue does not apply.
type Prices struct {
	Files     []string        `json:"files,omitempty"`                         // price sheets that take precedence over the catalogue, the first one most; see asbru prices
	Unknown   string          `json:"unknown,omitempty" enum:"ceiling,refuse"` // a model without a price costs the ceiling (default), or is refused to callers with a budget
	Ceiling   *Price          `json:"ceiling,omitempty"`                       // default: input 30, output 180
	Overrides []PriceOverride `json:"overrides,omitempty"`
}

// A PriceOverride changes the price of some requests. Of those that apply, the one with the
// narrowest scope is used: key and provider key, key and provider, key, provider key, provider,
// everyone; then a name before a pattern.
type PriceOverride struct {
	Name        string     `json:"name"`
	Scope       PriceScope `json:"scope,omitempty"`
	Model       string     `json:"model,omitempty"`      // the provider's name for the model; * stands for any characters; empty: all
	Operations  []string   `json:"operations,omitempty"` // chat, completion, responses, embeddings, invoke, rerank, count, pass, realtime; empty: all
	Factor      *float64   `json:"factor,omitempty"`     // multiplies every price: 0.8 is a discount of a fifth
	Input       *float64   `json:"input,omitempty"`      // US dollars for a million tokens, like all below except request
	Output      *float64   `json:"output,omitempty"`
	CachedInput *float64   `json:"cached_input,omitempty"` // read from the provider's cache
	CacheWrite  *float64   `json:"cache_write,omitempty"`
	Reasoning   *float64   `json:"reasoning,omitempty"`
	AudioInput  *float64   `json:"audio_input,omitempty"`
	AudioOutput *float64   `json:"audio_output,omitempty"`
	ImageInput  *float64   `json:"image_input,omitempty"`
	ImageOutput *float64   `json:"image_output,omitempty"`
	Request     *float64   `json:"request,omitempty"` // US dollars for a request
}

// A PriceScope says whose requests a PriceOverride is for. An empty field matches all.
type PriceScope struct {
	Key         string `json:"key,omitempty"`          // name of a virtual key
	Provider    string `json:"provider,omitempty"`     // a Provider's name
	ProviderKey string `json:"provider_key,omitempty"` // name of a key of the provider
}
