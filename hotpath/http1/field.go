package http1

import (
	"encoding/binary"
	"math/bits"
)

// A FieldID identifies a header field that some part of the gateway uses. All others
// are Other, and have to be compared by name, with EqualFold.
type FieldID uint8

// The known fields. Underscore is any name with an underscore.
const (
	Other FieldID = iota
	Underscore
	Host
	ContentLength
	TransferEncoding
	Connection
	Expect
	Upgrade
	Authorization
	XAPIKey     // x-api-key: Anthropic's credential
	APIKey      // api-key: Azure's credential
	XGoogAPIKey // x-goog-api-key: Google's credential
	XBFVK       // x-bf-vk: a virtual key, together with a dummy Authorization
	XRequestID
	XModelProvider     // x-model-provider: the provider of a request that names no model
	XLatencyBudget     // x-latency-budget: how long the client waits
	XBFSessionID       // x-bf-session-id: a client's name for its session
	XBFSessionTTL      // x-bf-session-ttl: how long the session is remembered
	XBFSessionAffinity // x-bf-session-affinity: off disables it
	XClaudeSession     // x-claude-code-session-id: Claude Code's session
	XOpencodeSession   // x-opencode-session: OpenCode's session, for its own provider
	XSessionAffinity   // x-session-affinity: OpenCode's session, for other providers
	SessionID          // session-id: Codex's session
	ContentType
	ContentEncoding
	Accept
	AcceptEncoding
	AcceptLanguage
	UserAgent
	RetryAfter
	RetryAfterMs
	Server
	Date
	Via
	Cookie
	SetCookie
	Trailer
	TE
	KeepAlive
	ProxyAuthorization
	ProxyAuthenticate
	ProxyConnection
	WWWAuthenticate
	Traceparent
	Tracestate
	Baggage
	Origin
	Referer
	Range
	ContentRange
	ContentDisposition
	Location
	CacheControl
	ETag
	LastEventID
	IdempotencyKey
	XForwardedFor
	XForwardedHost
	XForwardedProto
	XRealIP
	Forwarded
	ServerTiming
	XShouldRetry
	OpenAIOrganization
	OpenAIProject
	OpenAIBeta
	OpenAIVersion
	OpenAIProcessingMs
	AnthropicVersion
	AnthropicBeta
	AnthropicOrganizationID
	XAmznErrorType
	NumFieldIDs
)

// fieldNames holds the lower-case names. Every known name consists of letters
// and hyphens only; identify relies on it.
var fieldNames = [NumFieldIDs]string{
	Host: "host", ContentLength: "content-length", TransferEncoding: "transfer-encoding",
	Connection: "connection", Expect: "expect", Upgrade: "upgrade",
	Authorization: "authorization", XAPIKey: "x-api-key", APIKey: "api-key",
	XGoogAPIKey: "x-goog-api-key", XBFVK: "x-bf-vk", XRequestID: "x-request-id", XModelProvider: "x-model-provider",
	XLatencyBudget: "x-latency-budget", XBFSessionID: "x-bf-session-id", XBFSessionTTL: "x-bf-session-ttl", XBFSessionAffinity: "x-bf-session-affinity",
	XClaudeSession: "x-claude-code-session-id", XOpencodeSession: "x-opencode-session",
	XSessionAffinity: "x-session-affinity", SessionID: "session-id",
	ContentType: "content-type", ContentEncoding: "content-encoding",
	Accept: "accept", AcceptEncoding: "accept-encoding", AcceptLanguage: "accept-language",
	UserAgent: "user-agent", RetryAfter: "retry-after", RetryAfterMs: "retry-after-ms",
	Server: "server", Date: "date", Via: "via", Cookie: "cookie", SetCookie: "set-cookie",
	Trailer: "trailer", TE: "te", KeepAlive: "keep-alive",
	ProxyAuthorization: "proxy-authorization", ProxyAuthenticate: "proxy-authenticate",
	ProxyConnection: "proxy-connection", WWWAuthenticate: "www-authenticate",
	Traceparent: "traceparent", Tracestate: "tracestate", Baggage: "baggage",
	Origin: "origin", Referer: "referer", Range: "range", ContentRange: "content-range",
	ContentDisposition: "content-disposition", Location: "location",
	CacheControl: "cache-control", ETag: "etag", LastEventID: "last-event-id",
	IdempotencyKey: "idempotency-key", XForwardedFor: "x-forwarded-for",
	XForwardedHost: "x-forwarded-host", XForwardedProto: "x-forwarded-proto",
	XRealIP: "x-real-ip", Forwarded: "forwarded", ServerTiming: "server-timing",
	XShouldRetry: "x-should-retry", OpenAIOrganization: "openai-organization",
	OpenAIProject: "openai-project", OpenAIBeta: "openai-beta", OpenAIVersion: "openai-version",
	OpenAIProcessingMs: "openai-processing-ms", AnthropicVersion: "anthropic-version",
	AnthropicBeta: "anthropic-beta", AnthropicOrganizationID: "anthropic-organization-id",
	XAmznErrorType: "x-amzn-errortype",
}

// String returns the lower-case name of id; empty for Other and Underscore.
func (id FieldID) String() string { return fieldNames[id] }

// A known is a name with precomputed words for comparing other names with it.
type known struct {
	first, last       uint64 // its first and last eight bytes; of a shorter name all of it, in both
	anyFirst, anyLast uint64 // bit 5 of each letter, which is ignored
	name              string
}

// knowns and slots find the one known name that a field can have, by a hash of its length
// and of its first and last eight bytes. They are separate, so that the memory of a look-up
// is close together. buildSlots panics on a collision, so that the first test shows if a new
// name needs another hash.
var knowns, slots = buildSlots()

const (
	slotBits = 9
	slotMix  = 0x49952399c4aaeac1 // found by trial
)

func slot(n int, first, last uint64) uint64 {
	return (first ^ bits.RotateLeft64(last, 23) + uint64(n)) * slotMix >> (64 - slotBits)
}

func buildSlots() (ks [NumFieldIDs]known, t [1 << slotBits]FieldID) {
	for id, name := range fieldNames {
		if name == "" {
			continue
		}
		k := known{name: name}
		k.first, k.last = ends([]byte(name))
		k.anyFirst, k.anyLast = (k.first&(2*blanks))>>1, (k.last&(2*blanks))>>1 // only letters have bit 6
		ks[id] = k
		s := &t[slot(len(name), k.first|blanks, k.last|blanks)]
		if *s != Other {
			panic("BUG: two header names in one slot: " + name + ", " + fieldNames[*s])
		}
		*s = FieldID(id)
	}
	return ks, t
}

// ends returns the first and the last eight bytes of a name. For a shorter name both are
// the whole name.
func ends(name []byte) (first, last uint64) {
	if n := len(name); n >= 8 {
		return binary.LittleEndian.Uint64(name), binary.LittleEndian.Uint64(name[n-8:])
	}
	for i := len(name) - 1; i >= 0; i-- {
		first = first<<8 | uint64(name[i])
	}
	return first, first
}

// identify returns the ID of a name in any case, Other for an unknown one. name must not be
// empty.
func identify(name []byte) FieldID {
	first, last := ends(name)
	id := slots[slot(len(name), first|blanks, last|blanks)]
	k := &knowns[id]
	if first|k.anyFirst != k.first || last|k.anyLast != k.last || len(k.name) != len(name) {
		return Other
	}
	if len(name) > 16 && !EqualFold(name[8:len(name)-8], k.name[8:len(name)-8]) {
		return Other
	}
	return id
}

const blanks = 0x2020202020202020

// EqualFold reports whether b equals lower in any ASCII case. lower must be in lower
// case. Unlike bytes.EqualFold it does not fold Unicode, by which the Kelvin sign
// equals k.
func EqualFold(b []byte, lower string) bool {
	return len(b) == len(lower) && HasPrefixFold(b, lower)
}

// HasPrefixFold reports whether b starts with lower in any ASCII case. lower must be in
// lower case.
func HasPrefixFold(b []byte, lower string) bool {
	if len(b) < len(lower) {
		return false
	}
	for ; len(lower) >= 8; b, lower = b[8:], lower[8:] {
		if small(binary.LittleEndian.Uint64(b)) != word(lower) {
			return false
		}
	}
	for i := range len(lower) {
		c := b[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// small converts the capitals among eight bytes to lower case.
func small(x uint64) uint64 {
	low := x &^ tops
	capital := (low + (0x80-'A')*ones) &^ (low + (0x7f-'Z')*ones) &^ x & tops
	return x | capital>>2
}

func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// A rule says whether a field may be repeated, and whether the parser uses its value.
type rule uint8

const (
	singleInRequest rule = 1 << iota // a second line is refused
	singleInReply
	credential // one kind in a request
	read       // the parser acts on the value
)

var rules = [NumFieldIDs]rule{
	Host:             singleInRequest | read,
	ContentLength:    singleInRequest | singleInReply | read,
	TransferEncoding: singleInRequest | singleInReply | read,
	Connection:       read,
	Expect:           singleInRequest | read,
	ContentType:      singleInRequest,
	ContentEncoding:  singleInRequest,
	Authorization:    singleInRequest | credential,
	XAPIKey:          singleInRequest | credential,
	APIKey:           singleInRequest | credential,
	XGoogAPIKey:      singleInRequest | credential,
	XBFVK:            singleInRequest,
}
