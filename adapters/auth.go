package adapters

// An Auth says how a credential is sent to a provider. The zero Auth sends a key
// after Bearer in Authorization (RFC 6750 §2.1).
type Auth struct {
	Kind    AuthKind
	Header  string   // the header that carries a key; empty: Authorization
	Also    []string // further headers that carry the key alone, for servers with several frontends
	Scheme  string   // the word before a key; empty: Bearer in Authorization, nothing elsewhere
	Service string   // AuthAWS: the service that signatures are for. AuthGoogle, AuthEntra: the scope of tokens
}

// An AuthKind is a kind of credential.
type AuthKind uint8

const (
	AuthKey    AuthKind = iota // a secret that is sent unchanged
	AuthAWS                    // Signature Version 4; a plain key is an API key of Bedrock and sent unchanged
	AuthGoogle                 // an OAuth token of a Google account after Bearer; a plain key is an API key
	AuthEntra                  // an OAuth token of Microsoft Entra after Bearer; a plain key is a key of the resource
)

var authKinds = [...]string{AuthKey: "key", AuthAWS: "AWS SigV4", AuthGoogle: "Google OAuth", AuthEntra: "Entra OAuth"}

// String returns the name of k for messages.
func (k AuthKind) String() string { return authKinds[k] }

// Append appends the complete header lines that carry a plain key, each ended by
// CRLF. An empty key, or one with bytes that are not allowed in a header, adds
// nothing; the provider then answers 401 itself. Credentials that are renewed or
// that sign are written by a ProviderKey's Sign instead.
func (a Auth) Append(dst []byte, key string) []byte {
	if key == "" {
		return dst
	}
	for i := range len(key) {
		if key[i] <= ' ' || key[i] >= 0x7f {
			return dst
		}
	}
	name, scheme := a.Header, a.Scheme
	if name == "" {
		name = "Authorization"
		if scheme == "" {
			scheme = "Bearer"
		}
	}
	dst = append(append(dst, name...), ": "...)
	if scheme != "" {
		dst = append(append(dst, scheme...), ' ')
	}
	dst = append(append(dst, key...), "\r\n"...)
	for _, name := range a.Also {
		dst = append(append(append(append(dst, name...), ": "...), key...), "\r\n"...)
	}
	return dst
}
