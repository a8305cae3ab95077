package cred

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strings"
)

// EntraScope is the scope that Azure's AI services require of a token.
const EntraScope = "https://cognitiveservices.azure.com/.default"

const entraAuthority = "https://login.microsoftonline.com"

// Entra is the client credentials grant of Microsoft Entra, with a secret or with a
// token that the platform issued (workload identity).
//
// Source: https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow
type Entra struct {
	Tenant    string // id or domain
	ClientID  string
	Secret    Secret
	TokenFile string // file of a federated token, read again for each renewal; used if Secret is unset
	Scope     string // empty: EntraScope
	Authority string // URL of the authority; empty: the public cloud's
}

func (e Entra) describe(d digest) {
	d.add("entra", e.Tenant, e.ClientID, e.Secret.Reveal(), e.TokenFile, e.Scope, e.Authority)
}

func (e Entra) fetch(ctx context.Context, c *client) (*grant, error) {
	if !visible(e.Tenant) || strings.ContainsAny(e.Tenant, "/?#") {
		return nil, errors.New("cannot ask Entra for a token: the tenant is not an id or a domain")
	}
	k := call{
		method: "POST",
		url:    strings.TrimRight(cmp.Or(e.Authority, entraAuthority), "/") + "/" + e.Tenant + "/oauth2/v2.0/token",
		form: url.Values{
			"grant_type": {"client_credentials"},
			"client_id":  {e.ClientID},
			"scope":      {cmp.Or(e.Scope, EntraScope)},
		},
	}
	proof := e.Secret
	if e.Secret.Set() {
		k.form.Set("client_secret", proof.Reveal())
	} else {
		var err error
		if proof, err = readToken(e.TokenFile); err != nil {
			return nil, err
		}
		k.form.Set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
		k.form.Set("client_assertion", proof.Reveal())
	}
	k.hide = []Secret{proof}
	r, err := c.do(ctx, &k)
	if err != nil {
		return nil, err
	}
	return c.bearer(r)
}

// EntraIdentity is the managed identity of the machine, container or function that
// asbru runs on.
//
// Source: https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
// and https://learn.microsoft.com/en-us/azure/app-service/overview-managed-identity
type EntraIdentity struct {
	ClientID string // of a user-assigned identity; empty: the system-assigned one
	Scope    string // empty: EntraScope
	Endpoint string // empty: IDENTITY_ENDPOINT if it is set, else that of virtual machines
}

func (e EntraIdentity) describe(d digest) { d.add("entra-identity", e.ClientID, e.Scope, e.Endpoint) }

func (e EntraIdentity) fetch(ctx context.Context, c *client) (*grant, error) {
	q := url.Values{"resource": {strings.TrimSuffix(cmp.Or(e.Scope, EntraScope), "/.default")}}
	if e.ClientID != "" {
		q.Set("client_id", e.ClientID)
	}
	k := call{method: "GET", local: true}
	if header := c.env("IDENTITY_HEADER"); header != "" && e.Endpoint == "" && c.env("IDENTITY_ENDPOINT") != "" {
		q.Set("api-version", "2019-08-01")
		k.url = c.env("IDENTITY_ENDPOINT")
		k.header, k.hide = []string{"X-IDENTITY-HEADER", header}, []Secret{NewSecret(header)}
	} else {
		q.Set("api-version", "2018-02-01")
		k.url = strings.TrimRight(cmp.Or(e.Endpoint, "http://169.254.169.254"), "/") + "/metadata/identity/oauth2/token"
		k.header = []string{"Metadata", "true"}
	}
	k.url += "?" + q.Encode()
	r, err := c.do(ctx, &k)
	if err != nil {
		return nil, err
	}
	return c.bearer(r)
}

// EntraDefault finds a credential where Azure's own libraries look if none is configured:
// in the variables AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET or
// AZURE_FEDERATED_TOKEN_FILE, or else the managed identity.
type EntraDefault struct {
	ClientID  string // empty: AZURE_CLIENT_ID
	Scope     string // empty: EntraScope
	Authority string // empty: AZURE_AUTHORITY_HOST, else the public cloud's
	Endpoint  string // of the metadata service; see EntraIdentity
}

func (e EntraDefault) describe(d digest) {
	d.add("entra-default", e.ClientID, e.Scope, e.Authority, e.Endpoint)
}

func (e EntraDefault) fetch(ctx context.Context, c *client) (*grant, error) {
	id := cmp.Or(e.ClientID, c.env("AZURE_CLIENT_ID"))
	app := Entra{
		Tenant:    c.env("AZURE_TENANT_ID"),
		ClientID:  id,
		Secret:    NewSecret(c.env("AZURE_CLIENT_SECRET")),
		TokenFile: c.env("AZURE_FEDERATED_TOKEN_FILE"),
		Scope:     e.Scope,
		Authority: cmp.Or(e.Authority, c.env("AZURE_AUTHORITY_HOST")),
	}
	if app.Tenant != "" && id != "" && (app.Secret.Set() || app.TokenFile != "") {
		return app.fetch(ctx, c)
	}
	return EntraIdentity{ClientID: id, Scope: e.Scope, Endpoint: e.Endpoint}.fetch(ctx, c)
}
