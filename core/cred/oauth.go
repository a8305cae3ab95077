package cred

import (
	"context"
	"net/url"
)

// OAuth is the client credentials grant (RFC 6749 §4.4), as used by Databricks, SAP, Keycloak
// and others that issue tokens to programs.
type OAuth struct {
	TokenURL string
	ClientID string
	Secret   Secret
	Scope    string // empty: the issuer's default
	Basic    bool   // id and secret go in an Authorization header, not in the body
}

func (o OAuth) describe(d digest) {
	d.add("oauth", o.TokenURL, o.ClientID, o.Secret.Reveal(), o.Scope, flag(o.Basic))
}

func (o OAuth) fetch(ctx context.Context, c *client) (*grant, error) {
	k := call{method: "POST", url: o.TokenURL, form: url.Values{"grant_type": {"client_credentials"}}, hide: []Secret{o.Secret}}
	if o.Scope != "" {
		k.form.Set("scope", o.Scope)
	}
	if o.Basic {
		// §2.3.1: both are form-encoded first
		k.header = []string{"Authorization", "Basic " + base64Of(url.QueryEscape(o.ClientID)+":"+url.QueryEscape(o.Secret.Reveal()))}
	} else {
		k.form.Set("client_id", o.ClientID)
		k.form.Set("client_secret", o.Secret.Reveal())
	}
	r, err := c.do(ctx, &k)
	if err != nil {
		return nil, err
	}
	return c.bearer(r)
}

// IBM is the exchange of an API key of IBM Cloud for a token, as watsonx requires it.
//
// Source: https://cloud.ibm.com/docs/account?topic=account-iamtoken_from_apikey
type IBM struct {
	Key      Secret
	TokenURL string // empty: https://iam.cloud.ibm.com/identity/token
}

func (i IBM) describe(d digest) { d.add("ibm", i.Key.Reveal(), i.TokenURL) }

func (i IBM) fetch(ctx context.Context, c *client) (*grant, error) {
	k := call{method: "POST", url: i.TokenURL, header: []string{"Accept", "application/json"}, hide: []Secret{i.Key},
		form: url.Values{"grant_type": {"urn:ibm:params:oauth:grant-type:apikey"}, "apikey": {i.Key.Reveal()}}}
	if k.url == "" {
		k.url = "https://iam.cloud.ibm.com/identity/token"
	}
	r, err := c.do(ctx, &k)
	if err != nil {
		return nil, err
	}
	return c.bearer(r)
}
