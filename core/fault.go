package core

// A Fault is the one error type a client can see. It is rendered in the
// client's own dialect; Cause never leaves the process.
type Fault struct {
	Code    Code   // machine-readable, stable
	Message string // one sentence: what cannot be done and why; no trailing period
	Hint    string // what to change; empty if nothing
	Param   string // the request field at fault; empty if none
	Kind    string // the provider's own word for it, such as context_length_exceeded; empty: that of Code
	Status  int    // HTTP status; 0: that of Code
	Retry   int    // seconds for Retry-After; 0: none is sent
	Again   int64  // read of a provider that names a moment instead: Unix milliseconds, by its clock; 0: it does not
	BadKey  bool   // read of a provider: it is our key that it refuses, whatever the status
	Cause   error  // for the operator's log, never for the client
}

func (f *Fault) Error() string { return f.Message }
func (f *Fault) Unwrap() error { return f.Cause }

// HTTP is the status a client sees for f.
func (f *Fault) HTTP() int {
	if f.Status != 0 {
		return f.Status
	}
	return f.Code.Status()
}

// Retryable reports whether the same request can succeed when it is made again: neither the request
// nor an account that is spent is what is wrong. Events that break a stream off say so, as no
// header can any more.
func (f *Fault) Retryable() bool {
	switch f.Kind {
	case "insufficient_quota", "billing_error", "content_filter", "context_length_exceeded":
		return false
	}
	switch f.Code {
	case UpstreamFailed, UpstreamTimeout, Overloaded, RateLimited, Internal, ClientSlow:
		status := f.HTTP()
		return status >= 500 || status == 408 || status == 409 || status == 425 || status == 429
	}
	return false
}

// A Code classifies a Fault.
type Code uint8

const (
	None            Code = iota // no fault
	Invalid                     // the request is malformed or asks for the impossible
	Unauthenticated             // no key, or one nobody knows
	Forbidden                   // a known caller may not do this
	NotFound                    // no such path or model
	BadMethod                   // the path exists, the method does not
	TooLarge                    // a head or body limit was passed
	RateLimited                 // the caller is too fast
	OverBudget                  // a budget of the caller lacks the money
	UpstreamFailed              // every permitted target failed
	UpstreamTimeout             // a target did not answer in time
	Overloaded                  // the gateway refuses to queue more
	ClientGone                  // the caller hung up; nobody sees this fault
	ClientSlow                  // the caller stalled; the connection is cut
	Internal                    // a bug of ours
	NumCodes
)

// codes holds, by Code: the name in logs and metrics, the HTTP status, and the
// error type of OpenAI's error object.
var codes = [NumCodes]struct {
	name   string
	status int
	kind   string
}{
	None:            {"none", 200, ""},
	Invalid:         {"invalid_request", 400, "invalid_request_error"},
	Unauthenticated: {"unauthenticated", 401, "authentication_error"},
	Forbidden:       {"forbidden", 403, "permission_error"},
	NotFound:        {"not_found", 404, "invalid_request_error"},
	BadMethod:       {"method_not_allowed", 405, "invalid_request_error"},
	TooLarge:        {"too_large", 413, "invalid_request_error"},
	RateLimited:     {"rate_limited", 429, "rate_limit_error"},
	OverBudget:      {"budget_exceeded", 402, "budget_exceeded"},
	UpstreamFailed:  {"upstream_failed", 502, "upstream_error"},
	UpstreamTimeout: {"upstream_timeout", 504, "upstream_error"},
	Overloaded:      {"overloaded", 503, "overloaded_error"},
	ClientGone:      {"client_gone", 499, "client_error"},
	ClientSlow:      {"client_slow", 408, "client_error"},
	Internal:        {"internal", 500, "server_error"},
}

// String is the stable name of c in logs, metrics and error bodies.
func (c Code) String() string { return codes[c].name }

// Status is the HTTP status a client sees for c.
func (c Code) Status() int { return codes[c].status }

// Kind is the error type of OpenAI's error object for c.
func (c Code) Kind() string { return codes[c].kind }
