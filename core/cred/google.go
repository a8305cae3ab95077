package cred

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"time"
)

// GoogleScope is the scope that Vertex AI requires of a token.
const GoogleScope = "https://www.googleapis.com/auth/cloud-platform"

const googleToken = "https://oauth2.googleapis.com/token"

// Google is a credentials file of Google Cloud: the key of a service account, a user's
// login as kept by gcloud, a workload of another cloud, or an impersonation.
//
// Source: https://cloud.google.com/docs/authentication/application-default-credentials
// and https://google.aip.dev/auth
type Google struct {
	JSON  Secret // the file's content
	Scope string // empty: GoogleScope
}

func (g Google) describe(d digest) { d.add("google", g.JSON.Reveal(), g.Scope) }

func (g Google) fetch(ctx context.Context, c *client) (*grant, error) {
	return fetchGoogle(ctx, c, []byte(g.JSON.Reveal()), cmp.Or(g.Scope, GoogleScope), 0)
}

// Check reports what is wrong with the content of a credentials file, as far as that can
// be found without a call.
func (g Google) Check() error {
	f, err := parseGoogle([]byte(g.JSON.Reveal()))
	if err != nil {
		return err
	}
	return f.check(0)
}

// GoogleDefault finds a credential where Google's own libraries look if none is configured:
// in the file that GOOGLE_APPLICATION_CREDENTIALS names, in the one that gcloud keeps, or at
// the metadata server. Files are read again for each renewal.
type GoogleDefault struct {
	Scope    string // empty: GoogleScope
	Metadata string // see Endpoint of GoogleMetadata
}

func (g GoogleDefault) describe(d digest) { d.add("google-default", g.Scope, g.Metadata) }

func (g GoogleDefault) fetch(ctx context.Context, c *client) (*grant, error) {
	path := c.env("GOOGLE_APPLICATION_CREDENTIALS")
	data, err := []byte(nil), error(nil)
	if path != "" {
		if data, err = readFile(path); err != nil {
			return nil, err
		}
	} else if path = wellKnown(c); path != "" {
		data, _ = readFile(path) // most machines have none
	}
	if data == nil {
		return GoogleMetadata{Scope: g.Scope, Endpoint: g.Metadata}.fetch(ctx, c)
	}
	gr, err := fetchGoogle(ctx, c, data, cmp.Or(g.Scope, GoogleScope), 0)
	if err != nil {
		return nil, fmt.Errorf("with the credentials in %q: %w", path, err)
	}
	return gr, nil
}

// wellKnown returns the path where gcloud auth application-default login writes its file;
// empty if the environment does not tell.
func wellKnown(c *client) string {
	dir := c.env("CLOUDSDK_CONFIG")
	if dir == "" {
		if data := c.env("APPDATA"); data != "" {
			dir = filepath.Join(data, "gcloud")
		} else if home := c.env("HOME"); home != "" {
			dir = filepath.Join(home, ".config", "gcloud")
		} else {
			return ""
		}
	}
	return filepath.Join(dir, "application_default_credentials.json")
}

// GoogleMetadata is the service account of the machine, pod or function that asbru
// runs on.
//
// Source: https://cloud.google.com/compute/docs/metadata/overview
type GoogleMetadata struct {
	Account  string // empty: default
	Scope    string // empty: GoogleScope
	Endpoint string // empty: GCE_METADATA_HOST, else Google's address
}

func (g GoogleMetadata) describe(d digest) { d.add("google-metadata", g.Account, g.Scope, g.Endpoint) }

func (g GoogleMetadata) fetch(ctx context.Context, c *client) (*grant, error) {
	base := g.Endpoint
	if base == "" {
		base = "http://" + cmp.Or(c.env("GCE_METADATA_HOST"), "169.254.169.254")
	}
	k := call{
		method: "GET",
		url: base + "/computeMetadata/v1/instance/service-accounts/" + url.PathEscape(cmp.Or(g.Account, "default")) +
			"/token?scopes=" + url.QueryEscape(cmp.Or(g.Scope, GoogleScope)),
		header: []string{"Metadata-Flavor", "Google"},
		local:  true,
	}
	r, err := c.do(ctx, &k)
	if err != nil {
		return nil, err
	}
	if r.header.Get("Metadata-Flavor") != "Google" {
		return nil, fmt.Errorf("%s is not Google's metadata server", r.host)
	}
	return c.bearer(r)
}

// fetchGoogle gets a token with a credentials file. depth is the number of files that it is
// nested in.
func fetchGoogle(ctx context.Context, c *client, data []byte, scope string, depth int) (*grant, error) {
	f, err := parseGoogle(data)
	if err == nil {
		err = f.check(depth)
	}
	if err != nil {
		return nil, err
	}
	var g *grant
	switch f.Type {
	case googleAccount:
		g, err = f.account(ctx, c, scope)
	case googleUser:
		g, err = f.user(ctx, c)
	case googleExternal:
		g, err = f.external(ctx, c, scope)
	default:
		if g, err = fetchGoogle(ctx, c, f.Source, GoogleScope, depth+1); err == nil {
			g, err = f.impersonate(ctx, c, g, scope)
		}
	}
	if err == nil && f.Quota != "" {
		g.lines = append(g.lines, "X-Goog-User-Project: "+f.Quota+"\r\n"...)
	}
	return g, err
}

// user exchanges a user's refresh token (RFC 6749 §6).
func (f *googleFile) user(ctx context.Context, c *client) (*grant, error) {
	r, err := c.do(ctx, &call{
		method: "POST",
		url:    cmp.Or(f.TokenURI, googleToken),
		form: url.Values{
			"grant_type":    {"refresh_token"},
			"client_id":     {f.ClientID},
			"client_secret": {f.ClientSecret},
			"refresh_token": {f.RefreshToken},
		},
		hide: []Secret{NewSecret(f.ClientSecret), NewSecret(f.RefreshToken)},
	})
	if err != nil {
		return nil, err
	}
	return c.bearer(r)
}

// impersonate exchanges a token for one of a service account.
//
// Source: https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken
func (f *googleFile) impersonate(ctx context.Context, c *client, by *grant, scope string) (*grant, error) {
	bearer := bearerOf(by)
	body, err := json.Marshal(struct {
		Scope     []string `json:"scope"`
		Delegates []string `json:"delegates,omitempty"`
	}{[]string{scope}, f.Delegates})
	if err != nil {
		return nil, errors.New("cannot write the request for an impersonation")
	}
	r, err := c.do(ctx, &call{method: "POST", url: f.Impersonation, body: body, kind: "application/json",
		header: []string{"Authorization", bearer.Reveal()}, hide: []Secret{bearer}})
	if err != nil {
		return nil, err
	}
	var t struct {
		AccessToken string    `json:"accessToken"`
		ExpireTime  time.Time `json:"expireTime"`
	}
	if err := json.Unmarshal(r.body, &t); err != nil || t.ExpireTime.IsZero() {
		return nil, fmt.Errorf("the answer of %s is not the JSON of a token", r.host)
	}
	g := &grant{expires: c.here(t.ExpireTime)}
	return g, g.carry(r.host, t.AccessToken)
}
