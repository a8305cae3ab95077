package build

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"net/url"
	"strings"

	"asbru/adapters"
	"asbru/core"
	"asbru/core/config"
	"asbru/core/cred"
)

// authTypes maps kinds of adapters to their types of auth. Read-only.
var authTypes = map[adapters.AuthKind]string{
	adapters.AuthAWS:    config.AuthAWS,
	adapters.AuthGoogle: config.AuthGoogle,
	adapters.AuthEntra:  config.AuthEntra,
}

// A signing is a key that still needs its credential: nothing is opened before the whole
// document is known to be valid.
type signing struct {
	key    *core.ProviderKey
	name   string // provider/key
	spec   cred.Spec
	region string // for AWS's signature; empty: header lines are sent
	p      *provider
}

// auth compiles a key whose credential a describes.
func (c *compiler) auth(p *provider, at string, a *config.Auth, out *core.ProviderKey) {
	typ := a.Kind(config.Kind{Auth: authTypes[p.adapter.Auth.Kind]})
	scope := a.Scope
	if authTypes[p.adapter.Auth.Kind] == typ || typ == config.AuthEntraIdentity && p.adapter.Auth.Kind == adapters.AuthEntra {
		scope = cmp.Or(scope, p.adapter.Auth.Service)
	}
	s := signing{key: out, name: p.doc.Name + "/" + out.Name, p: p}
	switch typ {
	case config.AuthAWS:
		s.spec, s.region = c.awsSpec(p, at, a)
	case config.AuthEntra:
		if a.TenantID == "" {
			s.spec = cred.EntraDefault{ClientID: a.ClientID, Scope: scope, Authority: a.Authority, Endpoint: a.MetadataURL}
		} else {
			s.spec = cred.Entra{Tenant: a.TenantID, ClientID: a.ClientID, Secret: passed(a.ClientSecret), TokenFile: a.TokenFile, Scope: scope, Authority: a.Authority}
		}
	case config.AuthEntraIdentity:
		s.spec = cred.EntraIdentity{ClientID: a.ClientID, Scope: scope, Endpoint: a.MetadataURL}
	case config.AuthGoogle:
		s.spec = c.googleSpec(at, a, scope)
	case config.AuthIBM:
		s.spec = cred.IBM{Key: passed(a.Credentials), TokenURL: a.TokenURL}
	case config.AuthOAuth:
		s.spec = cred.OAuth{TokenURL: a.TokenURL, ClientID: a.ClientID, Secret: passed(a.ClientSecret), Scope: scope, Basic: a.Basic}
	default:
		c.fail(at+".type", fmt.Sprintf("is %q, which no credential is", typ), near(typ, []string{config.AuthAWS, config.AuthEntra, config.AuthEntraIdentity, config.AuthGoogle, config.AuthIBM, config.AuthOAuth}))
		return
	}
	c.signing = append(c.signing, s)
}

func passed(s config.Secret) cred.Secret { return cred.NewSecret(s.Reveal()) }

func (c *compiler) googleSpec(at string, a *config.Auth, scope string) cred.Spec {
	if !a.Credentials.Set() {
		return cred.GoogleDefault{Scope: scope, Metadata: a.MetadataURL}
	}
	g := cred.Google{JSON: passed(a.Credentials), Scope: scope}
	if err := g.Check(); err != nil {
		c.fail(at+".credentials", err.Error(), "set it to the file as it was downloaded: file:/path/to/key.json")
	}
	return g
}

// awsSpec returns the credential to sign with and the region to sign for.
func (c *compiler) awsSpec(p *provider, at string, a *config.Auth) (cred.Spec, string) {
	if p.adapter.Auth.Kind != adapters.AuthAWS {
		c.fail(at+".type", fmt.Sprintf("is aws, and %s does not take the signature of AWS", p.adapter.Name), "")
	}
	region := cmp.Or(a.Region, p.options["region"], regionOf(p.endpoint.Host))
	if region == "" {
		c.fail(at+".region", fmt.Sprintf("is missing: %s does not say which one it is in", p.endpoint.Host), "set it, for instance to eu-central-1")
	}
	if a.TokenFile != "" {
		return cred.AWSIdentity{TokenFile: a.TokenFile, ARN: a.RoleARN, Session: a.SessionName, Region: region, STS: a.STSURL}, region
	}
	var base cred.Spec = cred.AWSDefault{Profile: a.Profile, Region: region, STS: a.STSURL, IMDS: a.MetadataURL}
	if a.AccessKey.Set() {
		base = cred.AWSStatic{AccessKey: a.AccessKey.Reveal(), Secret: passed(a.SecretKey), Session: passed(a.SessionToken)}
	}
	if a.RoleARN == "" {
		return base, region
	}
	return cred.AWSRole{Base: base, ARN: a.RoleARN, ExternalID: a.ExternalID, Session: a.SessionName, Region: region, STS: a.STSURL}, region
}

// regionOf returns the region in a host name of AWS, such as
// bedrock-runtime.eu-central-1.amazonaws.com or bedrock-mantle.eu-central-1.api.aws;
// empty if there is none.
func regionOf(host string) string {
	host = strings.TrimSuffix(host, ".cn")
	parts := strings.Split(host, ".")
	if n := len(parts); n >= 4 && (strings.HasSuffix(host, ".amazonaws.com") || strings.HasSuffix(host, ".api.aws")) {
		return parts[n-3]
	}
	return ""
}

// openCredentials gives each signing key its credential: an equal one of prev,
// so that a reload fetches nothing, otherwise a new one. Nothing fails after it.
func (c *compiler) openCredentials() {
	if c.deps.NewCredential == nil {
		return
	}
	for _, s := range c.signing {
		proxy := s.p.doc.Network.Proxy
		if proxy != "env" {
			proxy = s.p.endpoint.Proxy
		}
		sum := cred.Sum(s.spec)
		id := sha256.Sum256(append(sum[:], proxy...))
		src, ok := cmp.Or(c.next.Fresh[id], c.prev.Fresh[id]).(*cred.Source)
		if !ok {
			src = c.deps.NewCredential(s.name, s.spec, cred.Options{Lookup: c.deps.Lookup, Proxy: proxies(proxy, c.deps.Lookup), Sign: signSTS})
		}
		c.next.Fresh[id] = src
		s.key.Credential = src
		if s.region == "" {
			s.key.Sign = sendLines(src)
		} else {
			s.key.Sign = signAWS(src, s.p.adapter.Auth.Service, s.region)
		}
	}
}

// proxies returns the proxy to an issuer of credentials. It outlives the document, and holds
// only text of it.
func proxies(text string, lookup func(string) (string, bool)) func(*url.URL) string {
	switch text {
	case "":
		return nil
	case "env":
		return func(u *url.URL) string { return proxyFromEnv(lookup, u) }
	}
	return func(*url.URL) string { return text }
}
