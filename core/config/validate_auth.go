package config

import (
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// The types of an Auth.
const (
	AuthAWS           = "aws"
	AuthEntra         = "azure-entra"
	AuthEntraIdentity = "azure-identity"
	AuthGoogle        = "google"
	AuthIBM           = "ibm"
	AuthOAuth         = "oauth"
)

// authTypes lists the fields of each type besides type itself. Read-only.
var authTypes = map[string][]string{
	AuthAWS: {"access_key", "secret_key", "session_token", "profile", "token_file", "role_arn", "external_id", "session_name",
		"region", "sts_url", "metadata_url"},
	AuthEntra:         {"tenant_id", "client_id", "client_secret", "token_file", "scope", "authority", "metadata_url"},
	AuthEntraIdentity: {"client_id", "scope", "metadata_url"},
	AuthGoogle:        {"credentials", "scope", "metadata_url"},
	AuthIBM:           {"credentials", "token_url"},
	AuthOAuth:         {"token_url", "client_id", "client_secret", "scope", "basic"},
}

// Kind returns the type of a, which defaults to that of its provider's type, kind.
func (a *Auth) Kind(kind Kind) string {
	if a.Type == "" {
		return kind.Auth
	}
	return a.Type
}

// auth checks one Auth of p.
func (c *checker) auth(path string, p *Provider, a *Auth) {
	name, _ := p.Kind(c.env)
	kind := c.env.Known[name]
	typ := a.Kind(kind)
	fields := authTypes[typ]
	types := []string{AuthAWS, AuthEntra, AuthEntraIdentity, AuthGoogle, AuthIBM, AuthOAuth}
	switch {
	case typ == "":
		c.fail(path+".type", "it is one of "+strings.Join(types, ", "), "is missing: it says how to come by the credential")
		return
	case fields == nil:
		c.oneOf(path+".type", typ, types...)
		return
	case typ == AuthAWS && c.env.Known != nil && kind.Auth != AuthAWS:
		c.fail(path+".type", "", "a provider of type %s does not take the signature of AWS", quote(name))
	}
	v := reflect.ValueOf(a).Elem()
	for _, f := range fieldsOf(v.Type()) {
		if f.name != "type" && !v.Field(f.index).IsZero() && !slices.Contains(fields, f.name) {
			c.fail(path+"."+f.name, "it has "+strings.Join(fields, ", "), "is not a field of auth of type %s", typ)
		}
	}
	switch typ {
	case AuthAWS:
		c.authAWS(path, a)
	case AuthEntra:
		c.authEntra(path, a)
	case AuthIBM:
		c.present(path, "credentials", a.Credentials.Set(), typ)
	case AuthOAuth:
		c.present(path, "token_url", a.TokenURL != "", typ)
		c.present(path, "client_id", a.ClientID != "", typ)
		c.present(path, "client_secret", a.ClientSecret.Set(), typ)
	}
	c.endpoint(path+".authority", a.Authority, false)
	c.endpoint(path+".token_url", a.TokenURL, false)
	c.endpoint(path+".sts_url", a.STSURL, false)
	c.endpoint(path+".metadata_url", a.MetadataURL, true)
}

func (c *checker) present(path, name string, set bool, typ string) {
	if !set {
		c.fail(path+"."+name, "", "is missing: auth of type %s needs it", typ)
	}
}

func (c *checker) authAWS(path string, a *Auth) {
	key := a.AccessKey.Set()
	c.printable(path+".access_key", a.AccessKey)
	c.printable(path+".secret_key", a.SecretKey)
	c.printable(path+".session_token", a.SessionToken)
	if key != a.SecretKey.Set() {
		c.fail(path+".access_key", "leave both out for the key that the machine has", "access_key and secret_key go together")
	}
	if a.SessionToken.Set() && !key {
		c.fail(path+".session_token", "", "belongs to an access_key, which is not set")
	}
	if key && a.Profile != "" {
		c.fail(path+".profile", "keep one of them", "cannot be set together with access_key")
	}
	if a.TokenFile != "" && (key || a.Profile != "") {
		c.fail(path+".token_file", "keep one of them", "cannot be set together with access_key or profile")
	}
	if a.RoleARN == "" {
		for _, f := range []struct{ name, value string }{{"token_file", a.TokenFile}, {"external_id", a.ExternalID}, {"session_name", a.SessionName}} {
			if f.value != "" {
				c.fail(path+"."+f.name, "set role_arn", "belongs to a role, and role_arn is not set")
			}
		}
	} else if !strings.HasPrefix(a.RoleARN, "arn:") || strings.ContainsFunc(a.RoleARN, notInWord) {
		c.fail(path+".role_arn", "write it as IAM shows it: arn:aws:iam::123456789012:role/NAME", "%s is not the name of a role", quote(a.RoleARN))
	}
	if strings.ContainsFunc(a.Region, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' }) {
		c.fail(path+".region", "such as eu-central-1", "%s is not a region", quote(a.Region))
	}
}

func (c *checker) authEntra(path string, a *Auth) {
	proof := a.ClientSecret.Set() || a.TokenFile != ""
	switch {
	case a.ClientSecret.Set() && a.TokenFile != "":
		c.fail(path+".token_file", "keep one of them", "cannot be set together with client_secret")
	case a.TenantID == "" && !proof: // the credentials of the machine, possibly selected by client_id
	case a.TenantID == "" || a.ClientID == "" || !proof:
		c.fail(path, "leave all of them out for the identity that the machine has", "tenant_id, client_id and one of client_secret and token_file go together")
	case strings.ContainsFunc(a.TenantID, notInName):
		c.fail(path+".tenant_id", "write the directory's id or domain", "%s is not a tenant", quote(a.TenantID))
	}
}

// endpoint checks a URL to which secrets are sent; a metadata service gets none.
func (c *checker) endpoint(path, text string, metadata bool) {
	if text == "" {
		return
	}
	before := len(c.problems)
	c.baseURL(path, text)
	u, err := url.Parse(text)
	if err != nil || len(c.problems) > before || metadata || u.Scheme == "https" {
		return
	}
	if ip, err := netip.ParseAddr(u.Hostname()); u.Hostname() != "localhost" && (err != nil || !ip.Unmap().IsLoopback()) {
		c.fail(path, "write https://", "is plain http: whoever is on the way to %s could read the credential", u.Host)
	}
}
