package adapters

// An Auth says how a provider wants to know who calls. The zero Auth is a key
// after Bearer in Authorization (RFC 6750 §2.1).
type Auth struct {
	Kind    AuthKind
	Header  string   // that carries a key; empty: Authorization
	Also    []string // more headers that carry it bare, for servers with several fronts
	Scheme  string   // the word before a key; empty: Bearer in Authorization, nothing elsewhere
	Service string   // AuthAWS: the service that is signed for. AuthGoogle, AuthEntra: the scope a token is asked for
}

// An AuthKind is where a credential comes from.
type AuthKind uint8

const (
	AuthKey    AuthKind = iota // a secret that is sent as it is
	AuthAWS                    // Signature Version 4; a plain key is an API key of Bedrock and sent as it is
	AuthGoogle                 // an OAuth token of a Google account after Bearer; a plain key is an API key
	AuthEntra                  // an OAuth token of Microsoft Entra after Bearer; a plain key is a key of the resource
)

var authKinds = [...]string{AuthKey: "key", AuthAWS: "AWS SigV4", AuthGoogle: "Google OAuth", AuthEntra: "Entra OAuth"}

// String names k for people.
func (k AuthKind) String() string { return authKinds[k] }

// Append appends the complete header lines that carry a plain key, each ended by
// CRLF. No key, and a key with bytes that do not belong in a header, add nothing:
// the provider then answers 401 itself. Credentials that change or that sign are
// rendered by a ProviderKey's Sign instead.
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
