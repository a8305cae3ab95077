package importer

import (
	"net/netip"
	"net/url"
	"strings"
	"time"

	"asbru/adapters"
	"asbru/core/config"
)

// credential imports how requests to a provider are authenticated.
func (l *litellm) credential(d lookup, kind string, p *config.Provider) {
	key := d.at("api_key").secret(p.Name + "_API_KEY")
	var auth *config.Auth
	switch kind {
	case "azure":
		if d.at("client_secret").there() {
			auth = &config.Auth{Type: config.AuthEntra, TenantID: d.at("tenant_id").written(""), ClientID: d.at("client_id").written(""),
				ClientSecret: d.at("client_secret").secret(p.Name + "_CLIENT_SECRET")}
		} else if !key.Set() {
			auth = &config.Auth{Type: config.AuthEntraIdentity}
		}
		d.at("api_version").leave("the v1 surface of Azure has no versions; type azure-classic has")
	case "bedrock", "bedrock-mantle":
		auth = l.aws(d, p)
	case "vertex":
		p.Options = map[string]string{}
		for option, name := range map[string]string{"project": "vertex_project", "region": "vertex_location"} {
			if text := d.at(name).written(""); text != "" {
				p.Options[option] = text
			}
		}
		auth = &config.Auth{Type: config.AuthGoogle, Credentials: d.at("vertex_credentials").secret(p.Name + "_CREDENTIALS")}
	}
	switch {
	case key.Set():
		p.APIKey = key
	case auth != nil:
		p.Auth = auth
	case l.asks(kind):
		// LiteLLM takes the key from the provider's usual variable.
		a, _ := adapters.Find(kind)
		if variable := a.Env; variable != "" {
			l.refers(variable, "")
			p.APIKey = config.NewSecret("env."+variable, "")
			d.at("model").tell("", "has no api_key: env.%s is taken, as LiteLLM does", variable)
		}
	}
}

// asks reports whether providers of a type require a key.
func (l *litellm) asks(kind string) bool { return l.o.Env.Known[kind].NeedsKey }

func (l *litellm) aws(d lookup, p *config.Provider) *config.Auth {
	region := d.at("aws_region_name").written("")
	if region == "" {
		region = "us-east-1"
		d.at("model").partly("names no region: us-east-1 is taken")
	}
	p.Options = map[string]string{"region": region}
	auth := &config.Auth{Type: config.AuthAWS, AccessKey: d.at("aws_access_key_id").secret(p.Name + "_ACCESS_KEY"),
		SecretKey: d.at("aws_secret_access_key").secret(p.Name + "_SECRET_KEY"), SessionToken: d.at("aws_session_token").secret(p.Name + "_SESSION_TOKEN"),
		Profile: d.at("aws_profile_name").written(""), RoleARN: d.at("aws_role_name").written("arn:aws:iam::123456789012:role/imported")}
	if auth.RoleARN != "" {
		auth.SessionName, auth.ExternalID = d.at("aws_session_name").written(""), d.at("aws_external_id").written("")
	}
	d.at("aws_web_identity_token").leave("write the file that the platform puts the token in as auth.token_file")
	return auth
}

// network imports how a provider is reached.
func (l *litellm) network(d lookup, p *config.Provider) {
	wait := d.at("timeout")
	if !wait.there() {
		if wait = l.router.at("timeout"); !wait.there() {
			wait = l.settings.at("request_timeout")
		}
	}
	p.Network.HeaderTimeout = wait.duration(time.Second)
	p.Network.AnswerTimeout, p.Network.FirstTimeout = p.Network.HeaderTimeout, p.Network.HeaderTimeout
	if p.Network.HeaderTimeout > config.Duration(config.DefaultTotalTimeout) {
		p.Network.TotalTimeout = p.Network.HeaderTimeout
	}
	first := d.at("stream_timeout")
	if !first.there() {
		first = l.router.at("stream_timeout")
	}
	if first.there() {
		p.Network.FirstTimeout = first.duration(time.Second)
	}
	if private(p.BaseURL) {
		yes := true
		p.Network.AllowPrivateNetwork = &yes
	}
	if on, ok := d.at("ssl_verify").flag(); ok {
		p.Network.InsecureSkipVerify = !on
	}
	for _, name := range []string{"extra_headers", "headers"} {
		for header, value := range d.at(name).texts() {
			if p.Headers == nil {
				p.Headers = map[string]string{}
			}
			p.Headers[header] = value
		}
	}
	if org := d.at("organization").written(""); org != "" {
		if p.Headers == nil {
			p.Headers = map[string]string{}
		}
		p.Headers["OpenAI-Organization"] = org
	}
}

// private reports whether an address looks like one of a private network: LiteLLM calls those without
// being told to.
func private(base string) bool {
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if err != nil {
		return !strings.Contains(u.Hostname(), ".") && u.Hostname() != "localhost"
	}
	return ip.IsPrivate()
}
