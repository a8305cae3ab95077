package http1

import "encoding/binary"

// A FieldID names a header field that some part of the gateway asks for. All
// others are Other, and are told apart by EqualFold on their name.
type FieldID uint8

// The fields known by number. Underscore is any name that holds an underscore.
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
	XBFVK       // x-bf-vk: a virtual key beside a dummy Authorization
	XRequestID
	XModelProvider // x-model-provider: the provider of a request that names no model
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
// and hyphens only; fold relies on it.
var fieldNames = [NumFieldIDs]string{
	Host: "host", ContentLength: "content-length", TransferEncoding: "transfer-encoding",
	Connection: "connection", Expect: "expect", Upgrade: "upgrade",
	Authorization: "authorization", XAPIKey: "x-api-key", APIKey: "api-key",
	XGoogAPIKey: "x-goog-api-key", XBFVK: "x-bf-vk", XRequestID: "x-request-id", XModelProvider: "x-model-provider",
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

// String is the lower-case name of id; empty for Other and Underscore.
func (id FieldID) String() string { return fieldNames[id] }

// slots finds the one known name a field can be, by hash of its length and of
// its first, middle and last byte. buildSlots panics on a collision, so a new name that needs
// another hash shows at the first test.
var slots = buildSlots()

const numSlots = 512

func slot[T []byte | string](name T) int {
	n := len(name)
	return (n*1 + int(name[0]|0x20)*1 + int(name[n-1]|0x20)*5 + int(name[n/2]|0x20)*31) % numSlots
}

func buildSlots() (t [numSlots]FieldID) {
	for id, name := range fieldNames {
		if name == "" {
			continue
		}
		s := &t[slot(name)]
		if *s != Other {
			panic("BUG: two header names in one slot: " + name + ", " + fieldNames[*s])
		}
		*s = FieldID(id)
	}
	return t
}

// identify returns the ID of a name that holds token bytes only and no
// underscore. name must not be empty.
func identify(name []byte) FieldID {
	id := slots[slot(name)]
	if s := fieldNames[id]; len(s) != len(name) || !fold(name, s) {
		return Other
	}
	return id
}

const blanks = 0x2020202020202020

// fold reports whether name is lower in any case, for token bytes in name and
// letters and hyphens in lower, of equal length. Setting bit 5 is exact there:
// no token byte but the letter itself and its capital gives a letter.
func fold(name []byte, lower string) bool {
	if len(name) >= 8 {
		for i := 0; ; i += 8 {
			if i > len(name)-8 {
				i = len(name) - 8
			}
			if binary.LittleEndian.Uint64(name[i:])|blanks != word(lower[i:i+8]) {
				return false
			}
			if i == len(name)-8 {
				return true
			}
		}
	}
	for i := range name {
		if name[i]|0x20 != lower[i] {
			return false
		}
	}
	return true
}

func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// EqualFold reports whether b is lower in any ASCII case. lower must be lower
// case. Unlike bytes.EqualFold it knows no Unicode folding, which lets the
// Kelvin sign pass for a k.
func EqualFold(b []byte, lower string) bool {
	return len(b) == len(lower) && HasPrefixFold(b, lower)
}

// HasPrefixFold reports whether b starts with lower in any ASCII case.
func HasPrefixFold(b []byte, lower string) bool {
	if len(b) < len(lower) {
		return false
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

// A rule says what repeats and what a field means to the parser.
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
