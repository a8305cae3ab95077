package cred

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

func (f *googleFile) checkExternal() error {
	if err := f.needs("audience", f.Audience, "subject_token_type", f.SubjectType); err != nil {
		return err
	}
	switch from := &f.From; {
	case from.Environment != "":
		return errors.New("credentials of Google Cloud for a workload of AWS cannot be used; use a file or url as credential_source, or the key of a service account")
	case from.Executable != nil:
		return errors.New("credentials of Google Cloud that run a program cannot be used; use a file or url as credential_source")
	case (from.File == "") == (from.URL == ""):
		return errors.New("credentials of Google Cloud of type external_account need one of file and url in credential_source")
	case from.Format.Type == "json" && from.Format.Field == "":
		return errors.New("credential_source in the credentials of Google Cloud has format json and no subject_token_field_name")
	}
	return nil
}

// external exchanges the token that another issuer gave this workload (RFC 8693).
//
// Source: https://google.aip.dev/auth/4117
func (f *googleFile) external(ctx context.Context, c *client, scope string) (*grant, error) {
	subject, err := f.subject(ctx, c)
	if err != nil {
		return nil, err
	}
	k := call{
		method: "POST",
		url:    cmp.Or(f.TokenURL, "https://sts.googleapis.com/v1/token"),
		form: url.Values{
			"grant_type":           {"urn:ietf:params:oauth:grant-type:token-exchange"},
			"requested_token_type": {"urn:ietf:params:oauth:token-type:access_token"},
			"audience":             {f.Audience},
			"scope":                {scope},
			"subject_token":        {subject.Reveal()},
			"subject_token_type":   {f.SubjectType},
		},
		hide: []Secret{subject, NewSecret(f.ClientSecret)},
	}
	if f.Impersonation != "" {
		k.form.Set("scope", GoogleScope)
	}
	if f.ClientID != "" {
		k.header = []string{"Authorization", "Basic " + base64Of(f.ClientID+":"+f.ClientSecret)}
	} else if f.PoolProject != "" {
		options, err := json.Marshal(map[string]string{"userProject": f.PoolProject})
		if err != nil {
			return nil, errors.New("workforce_pool_user_project in the credentials of Google Cloud is not a project")
		}
		k.form.Set("options", string(options))
	}
	r, err := c.do(ctx, &k)
	if err != nil {
		return nil, err
	}
	g, err := c.bearer(r)
	if err != nil || f.Impersonation == "" {
		return g, err
	}
	return f.impersonate(ctx, c, g, scope)
}

// subject gets the token of the other issuer.
func (f *googleFile) subject(ctx context.Context, c *client) (Secret, error) {
	var data []byte
	if f.From.File != "" {
		var err error
		if data, err = readFile(f.From.File); err != nil {
			return Secret{}, err
		}
	} else {
		k := call{method: "GET", url: f.From.URL, local: true}
		for name, value := range f.From.Headers {
			k.header = append(k.header, name, value)
		}
		r, err := c.do(ctx, &k)
		if err != nil {
			return Secret{}, err
		}
		data = r.body
	}
	text := strings.TrimSpace(string(data))
	if f.From.Format.Type == "json" {
		var o map[string]any
		if json.Unmarshal(data, &o) != nil {
			return Secret{}, errors.New("credential_source in the credentials of Google Cloud leads to what is no JSON object")
		}
		text, _ = o[f.From.Format.Field].(string)
	}
	if text == "" {
		return Secret{}, fmt.Errorf("credential_source in the credentials of Google Cloud leads to no token")
	}
	return NewSecret(text), nil
}

// bearerOf returns the value of the Authorization header in g's lines.
func bearerOf(g *grant) Secret {
	value, _ := bytes.CutPrefix(g.lines, []byte("Authorization: "))
	value, _, _ = bytes.Cut(value, []byte("\r\n"))
	return NewSecret(string(value))
}
