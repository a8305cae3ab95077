package build

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"asbru/adapters/sigv4"
	"asbru/core"
	"asbru/core/cred"
)

// A signer is the type of ProviderKey.Sign.
type signer = func(dst []byte, o *core.Outgoing) ([]byte, bool)

// sendLines sends the header lines that src holds.
func sendLines(src *cred.Source) signer {
	return func(dst []byte, _ *core.Outgoing) ([]byte, bool) {
		lines := src.Lines()
		return append(dst, lines...), lines != nil
	}
}

// signAWS signs with the key that src holds, using AWS's clock.
func signAWS(src *cred.Source, service, region string) signer {
	s := sigv4.NewSigner(service, region)
	return func(dst []byte, o *core.Outgoing) ([]byte, bool) {
		key := src.AWS()
		if key == nil {
			return dst, false
		}
		return s.Append(dst, o, signable(key), time.Now().Add(src.Skew())), true
	}
}

func signable(k *cred.AWS) sigv4.Credential {
	return sigv4.Credential{ID: k.AccessKey, Secret: sigv4.Secret(k.Secret.Reveal()), Session: sigv4.Secret(k.Session.Reveal())}
}

// signSTS signs requests that assume roles.
func signSTS(r *http.Request, body []byte, k *cred.AWS, at cred.Scope, now time.Time) {
	o := core.Outgoing{
		Method: []byte(r.Method), Path: []byte(cmp.Or(r.URL.EscapedPath(), "/")), Query: []byte(r.URL.RawQuery),
		Host: []byte(cmp.Or(r.Host, r.URL.Host)), Type: []byte(r.Header.Get("Content-Type")), Body: body,
	}
	lines := string(sigv4.NewSigner(at.Service, at.Region).Append(nil, &o, signable(k), now))
	for line := range strings.SplitSeq(lines, "\r\n") {
		if name, value, ok := strings.Cut(line, ": "); ok {
			r.Header.Set(name, value)
		}
	}
}
