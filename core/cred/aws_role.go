package cred

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// AWSRole is a role, assumed with another credential of AWS.
//
// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
type AWSRole struct {
	Base       Spec // AWSStatic or AWSDefault
	ARN        string
	ExternalID string // as the role's trust policy requires; empty: none
	Session    string // the name of the session in the logs of AWS; empty: asbru
	Region     string // the region of STS; empty: AWS_REGION, AWS_DEFAULT_REGION, else us-east-1
	STS        string // the URL of STS; empty: AWS_ENDPOINT_URL_STS, else by region
}

func (a AWSRole) describe(d digest) {
	d.add("aws-role", a.ARN, a.ExternalID, a.Session, a.Region, a.STS)
	a.Base.describe(d)
}

func (a AWSRole) fetch(ctx context.Context, c *client) (*grant, error) {
	base, err := a.Base.fetch(ctx, c)
	if err != nil {
		return nil, err
	}
	if base.aws == nil {
		return nil, fmt.Errorf("cannot assume %s: a role is assumed with a key of AWS", short(a.ARN))
	}
	at := AWSDefault{Region: a.Region, STS: a.STS}.sts(c, "")
	return at.assume(ctx, c, role{arn: a.ARN, external: a.ExternalID, session: a.Session}, base.aws)
}

// AWSIdentity is a role, assumed with a token that the platform issued.
//
// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
type AWSIdentity struct {
	TokenFile string // read again for each renewal
	ARN       string
	Session   string // as in AWSRole
	Region    string
	STS       string
}

func (a AWSIdentity) describe(d digest) {
	d.add("aws-identity", a.TokenFile, a.ARN, a.Session, a.Region, a.STS)
}

func (a AWSIdentity) fetch(ctx context.Context, c *client) (*grant, error) {
	return AWSDefault{Region: a.Region, STS: a.STS}.sts(c, "").identify(ctx, c, role{arn: a.ARN, session: a.Session}, a.TokenFile)
}

// A role is a request to STS.
type role struct {
	arn, external, session string
	seconds                string // how long the key should be valid; empty: an hour
}

// An sts is one endpoint of the Security Token Service.
type sts struct{ url, region string }

// newSTS returns the endpoint at the URL at, or else that of region, or else that of us-east-1.
func newSTS(at, region string) sts {
	s := sts{at, cmp.Or(region, "us-east-1")}
	if at == "" {
		s.url = "https://sts." + s.region + ".amazonaws.com"
		if strings.HasPrefix(s.region, "cn-") {
			s.url += ".cn"
		}
	}
	return s
}

func (s sts) form(action string, r role) url.Values {
	f := url.Values{"Action": {action}, "Version": {"2011-06-15"}, "RoleArn": {r.arn}, "RoleSessionName": {cmp.Or(r.session, "asbru")}}
	if r.external != "" {
		f.Set("ExternalId", r.external)
	}
	if r.seconds != "" {
		f.Set("DurationSeconds", r.seconds)
	}
	return f
}

// assume gets the key of r with another key.
func (s sts) assume(ctx context.Context, c *client, r role, by *AWS) (*grant, error) {
	if c.sign == nil {
		return nil, fmt.Errorf("cannot assume %s: nothing here signs requests to AWS", short(r.arn))
	}
	return s.ask(ctx, c, &call{form: s.form("AssumeRole", r), hide: []Secret{by.Secret, by.Session},
		sign: func(q *http.Request, body []byte) {
			c.sign(q, body, by, Scope{"sts", s.region}, c.now())
		}})
}

// identify gets the key of r with a token from a file.
func (s sts) identify(ctx context.Context, c *client, r role, file string) (*grant, error) {
	proof, err := readToken(file)
	if err != nil {
		return nil, err
	}
	k := call{form: s.form("AssumeRoleWithWebIdentity", r), hide: []Secret{proof}}
	k.form.Set("WebIdentityToken", proof.Reveal())
	return s.ask(ctx, c, &k)
}

func (s sts) ask(ctx context.Context, c *client, k *call) (*grant, error) {
	if strings.ContainsFunc(s.region, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' }) {
		return nil, errors.New("the region of AWS is not one: it holds other characters than a-z, 0-9 and -")
	}
	k.method, k.url = "POST", strings.TrimRight(s.url, "/")+"/"
	r, err := c.do(ctx, k)
	if err != nil {
		return nil, err
	}
	_, at := elements(r.body)
	expires, err := time.Parse(time.RFC3339, at["Expiration"])
	if err != nil {
		return nil, fmt.Errorf("the answer of %s is not the XML of a key", r.host)
	}
	return AWS{AccessKey: at["AccessKeyId"], Secret: NewSecret(at["SecretAccessKey"]), Session: NewSecret(at["SessionToken"]),
		Expires: c.here(expires)}.grant(r.host)
}
