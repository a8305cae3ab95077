package config

import "time"

// A Document is the whole configuration as people write it. Zero values mean
// the documented default. It is plain data and also the JSON of the admin API.
// Top-level fields that begin with x- are ignored: a place for YAML anchors.
//
// The comments of this file are the descriptions in the JSON Schema.
type Document struct {
	Schema         string        `json:"$schema,omitempty"` // ignored; lets editors find the JSON Schema
	Listen         string        `json:"listen,omitempty"`  // address of the data plane; default 127.0.0.1:8080; "systemd" or "systemd:NAME" takes the inherited socket
	TLS            *TLS          `json:"tls,omitempty"`     // nil: plain HTTP
	Admin          Admin         `json:"admin,omitempty"`
	Observability  Observability `json:"observability,omitempty"`
	Limits         Limits        `json:"limits,omitempty"`
	AllowAnonymous *bool         `json:"allow_anonymous,omitempty"` // callers without a key; default: only when no virtual key exists and listen is loopback
	ExtraFields    *bool         `json:"extra_fields,omitempty"`    // translated answers say in extra_fields who answered and what was dropped, where the client's SDK bears it; default true
	Providers      []Provider    `json:"providers,omitempty"`
	Models         []Model       `json:"models,omitempty"`
	VirtualKeys    []VirtualKey  `json:"virtual_keys,omitempty"`
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
	Token  Secret `json:"token,omitempty"`  // bearer token; required unless listen is loopback
}

// Observability says what is told about requests, and where.
type Observability struct {
	AccessLog    string `json:"access_log,omitempty"`                             // "stdout", "stderr", "off" (default) or a file path
	LogLevel     string `json:"log_level,omitempty" enum:"debug,info,warn,error"` // debug, info (default), warn, error
	ServerTiming bool   `json:"server_timing,omitempty"`                          // answer with Server-Timing
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
	Name    string            `json:"name"`                                                            // the prefix of provider/model; also the type when type is empty
	Type    string            `json:"type,omitempty"`                                                  // an adapter's name; default: name if that is an adapter, else the kind of server that speaks dialect when base_url is set
	Dialect string            `json:"dialect,omitempty" enum:"openai,anthropic,gemini,bedrock,cohere"` // the one format to speak with it; default: each that type has, openai for a type of your own
	BaseURL string            `json:"base_url,omitempty"`                                              // default: the adapter's
	Options map[string]string `json:"options,omitempty"`                                               // what the adapter's address needs to know: resource, region, project, account …
	APIKey  Secret            `json:"api_key,omitempty"`                                               // short form of one entry in keys
	Keys    []Key             `json:"keys,omitempty"`
	Auth    *Auth             `json:"auth,omitempty"`    // short form of one entry in keys that has no value: a credential that expires or that signs
	Models  []string          `json:"models,omitempty"`  // bare names this provider serves; "*" suffix is a prefix match; empty: the adapter's
	Headers map[string]string `json:"headers,omitempty"` // fixed headers sent with each request
	Paths   map[string]string `json:"paths,omitempty"`   // operation → path override, below base_url; {model} stands for the model's name
	Drop    []string          `json:"drop,omitempty"`    // fields of request bodies that the server refuses and can be left out
	Rename  map[string]string `json:"rename,omitempty"`  // field of request bodies → what the server calls it
	Network Network           `json:"network,omitempty"`
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
	HeaderTimeout       Duration `json:"header_timeout,omitempty"`        // request sent → reply head; default 30s
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

// A Model is a name of ours for one model at one provider.
type Model struct {
	Alias    string   `json:"alias"`              // what clients ask for
	Provider string   `json:"provider"`           // a Provider's name
	Model    string   `json:"model,omitempty"`    // what the provider calls it; default: alias
	Fallback []string `json:"fallback,omitempty"` // aliases, provider/model or bare names, tried in order
}

// A VirtualKey is a credential we hand out.
type VirtualKey struct {
	Name              string   `json:"name"`
	Key               Secret   `json:"key"`
	BudgetUSDPerMonth *float64 `json:"budget_usd_per_month,omitempty"`
	AllowedModels     []string `json:"allowed_models,omitempty"` // aliases, provider/model, "provider/*"; empty: all
	Disabled          bool     `json:"disabled,omitempty"`
}

// Duration is a time.Duration written as "1.5s", "10m", or a number of seconds.
type Duration time.Duration

// Size is a number of bytes written as 1048576, "20MiB", "512KB".
type Size int64

// Or returns d, or def when d is zero.
func (d Duration) Or(def time.Duration) time.Duration {
	if d == 0 {
		return def
	}
	return time.Duration(d)
}
