package config

// What callers may use, how fast, for how much, and what it costs. The comments of this
// file are descriptions in the JSON Schema, as those of document.go.

// A VirtualKey is a credential we hand out.
type VirtualKey struct {
	Name              string        `json:"name"`
	Description       string        `json:"description,omitempty"`
	Key               Secret        `json:"key,omitempty"`      // what the caller presents; or digest
	Digest            string        `json:"digest,omitempty"`   // HMAC-SHA-256 of what the caller presents, under governance.pepper, as 64 hex digits; instead of key
	Previous          []OldKey      `json:"previous,omitempty"` // what it was before, good until a moment: the grace of a rotation
	Team              string        `json:"team,omitempty"`     // whose it is: its rules, budgets and limits hold too
	Customer          string        `json:"customer,omitempty"` // who pays; default: the team's
	BudgetUSDPerMonth *float64      `json:"budget_usd_per_month,omitempty"`
	Budgets           []Budget      `json:"budgets,omitempty"`
	RateLimits        []RateLimit   `json:"rate_limits,omitempty"`
	Lane              string        `json:"lane,omitempty" enum:"interactive,batch"` // who goes first at a target that is full; default interactive; a request lowers itself with x-bf-lane: batch
	AllowedModels     []string      `json:"allowed_models,omitempty"`                // aliases, provider/model, "provider/*", names with *, "regex:" and an RE2 expression; empty: all
	BlockedModels     []string      `json:"blocked_models,omitempty"`                // the same; they win
	Providers         []KeyProvider `json:"providers,omitempty"`                     // the providers it may be served by; empty: all
	BlockedProviders  []string      `json:"blocked_providers,omitempty"`             // never served by
	RequiredHeaders   []string      `json:"required_headers,omitempty"`              // request headers without which a request is refused
	ContentLogging    *bool         `json:"content_logging,omitempty"`               // whether prompts and answers may be logged; default: as governance says
	Expires           Moment        `json:"expires,omitempty"`                       // from then on it is refused
	Disabled          bool          `json:"disabled,omitempty"`                      // it is known and refused
}

// An OldKey is a credential that was replaced and is good for a while.
type OldKey struct {
	Key    Secret `json:"key,omitempty"`
	Digest string `json:"digest,omitempty"`
	Until  Moment `json:"until"`
}

// A KeyProvider is a provider that a virtual key may be served by.
type KeyProvider struct {
	Provider      string   `json:"provider"`                 // a Provider's name
	Weight        *int     `json:"weight,omitempty"`         // share of the bare model names that several of the key's providers serve; default: none; 0: only when the others fail
	AllowedModels []string `json:"allowed_models,omitempty"` // what it is asked for, as in a key's allowed_models without provider/; empty: all
	BlockedModels []string `json:"blocked_models,omitempty"`
	Keys          []string `json:"keys,omitempty"` // names of the provider's keys to use; empty: all
}

// A Team is a group of virtual keys.
type Team struct {
	Name       string      `json:"name"`
	Customer   string      `json:"customer,omitempty"`
	Budgets    []Budget    `json:"budgets,omitempty"`
	RateLimits []RateLimit `json:"rate_limits,omitempty"`
}

// A Customer is who pays for teams and virtual keys.
type Customer struct {
	Name       string      `json:"name"`
	Budgets    []Budget    `json:"budgets,omitempty"`
	RateLimits []RateLimit `json:"rate_limits,omitempty"`
}

// A RateLimit is one bound: of requests or tokens in a time, or of calls or streams at
// once. Exactly one of the four is set.
type RateLimit struct {
	Requests int      `json:"requests,omitempty"`
	Tokens   int      `json:"tokens,omitempty"`  // of prompts and answers together
	Calls    int      `json:"calls,omitempty"`   // requests under way
	Streams  int      `json:"streams,omitempty"` // requests under way that asked for a stream
	Per      Duration `json:"per,omitempty"`     // of requests and tokens; default 1m
	Burst    int      `json:"burst,omitempty"`   // of requests and tokens: how many may come at once; default: all of them
}

// A Budget is an amount of money for a time.
type Budget struct {
	Name      string           `json:"name,omitempty"` // in refusals and reports; default: its window
	USD       float64          `json:"usd"`
	Window    string           `json:"window,omitempty"`                        // a number and m, h, d, w, M, Q or Y: 1h, 1d, 1M, 1Y; default 1M
	Align     string           `json:"align,omitempty" enum:"rolling,calendar"` // calendar: it begins anew with the day, the week (Monday), the month, the quarter or the year; rolling: so long after its first use. Default: calendar from a day on
	TimeZone  string           `json:"time_zone,omitempty"`                     // of calendar, such as Europe/Berlin; default UTC
	Providers []string         `json:"providers,omitempty"`                     // it is for what these providers serve, together; empty: all
	Models    []string         `json:"models,omitempty"`                        // it is for these models, as in allowed_models; empty: all
	Overrides []BudgetOverride `json:"overrides,omitempty"`
}

// A BudgetOverride adds to a Budget for a while.
type BudgetOverride struct {
	USD    float64 `json:"usd"`             // added to the budget
	Until  Moment  `json:"until,omitempty"` // default: for ever
	Reason string  `json:"reason"`          // in the audit log
}

// Governance says what holds for all virtual keys.
type Governance struct {
	Pepper          Secret   `json:"pepper,omitempty"`           // what digests of keys are made with, at least 32 bytes; default: one of the process's own, so that digests cannot be written down
	RequiredHeaders []string `json:"required_headers,omitempty"` // request headers without which nobody is served
	Ledger          string   `json:"ledger,omitempty"`           // directory of the ledger, which is made once a budget is set; default: asbru-ledger in the directory that systemd gives for state, or else in the one the process was started in
	Shared          *bool    `json:"shared,omitempty"`           // whether the machines that share store.postgres pay from the same budgets; false: each counts on its own; default true
	SharedLimits    Secret   `json:"shared_limits,omitempty"`    // redis://user:password@host:port/database (rediss:// for TLS) of a Valkey or Redis through which several machines count the same rate limits of requests and tokens; default: each machine counts alone
	ContentLogging  bool     `json:"content_logging,omitempty"`  // whether prompts and answers may be logged where a key does not say; default false
	Objects         Objects  `json:"objects,omitempty"`          // whose it is what callers make at providers: files, batches, containers
}

// Objects says who may see, use and delete what a virtual key made at a provider.
type Objects struct {
	Share      string `json:"share,omitempty" enum:"key,team,customer,all"`   // who besides the key that made it: nobody (key, default), the keys of its team, those of its customer, or everybody (all), and then no records are kept
	Unrecorded string `json:"unrecorded,omitempty" enum:"hidden,by_id,shown"` // what nobody is recorded for, as it was made elsewhere or before: hidden (default) from virtual keys, used by who knows its id (by_id), or everybody's (shown)
}

// Prices says what models cost beside the built-in catalogue.
type Prices struct {
	Files     []string        `json:"files,omitempty"`                         // sheets of prices that go before the catalogue, the first one first; see asbru prices
	Unknown   string          `json:"unknown,omitempty" enum:"ceiling,refuse"` // a model without a price costs the ceiling (default), or is refused to who has a budget
	Ceiling   *Price          `json:"ceiling,omitempty"`                       // default: input 30, output 180
	Overrides []PriceOverride `json:"overrides,omitempty"`
}

// A PriceOverride says what some requests cost instead. Of those that apply the one with the
// narrowest scope holds: key and provider key, key and provider, key, provider key, provider, everybody;
// then a name before a pattern.
type PriceOverride struct {
	Name        string     `json:"name"`
	Scope       PriceScope `json:"scope,omitempty"`
	Model       string     `json:"model,omitempty"`      // what the provider calls it; * stands for any characters; empty: all
	Operations  []string   `json:"operations,omitempty"` // chat, completion, responses, embeddings, invoke, rerank, count, pass, realtime; empty: all
	Factor      *float64   `json:"factor,omitempty"`     // everything times so much: 0.8 is a fifth less
	Input       *float64   `json:"input,omitempty"`      // US dollars for a million tokens, as all that follow
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

// A PriceScope says whose requests a PriceOverride is for. Empty fields are for all.
type PriceScope struct {
	Key         string `json:"key,omitempty"`          // name of a virtual key
	Provider    string `json:"provider,omitempty"`     // a Provider's name
	ProviderKey string `json:"provider_key,omitempty"` // name of a key of the provider
}
