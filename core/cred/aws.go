package cred

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// AWS is a key with which requests to AWS are signed.
type AWS struct {
	AccessKey string // its id, which is no secret
	Secret    Secret
	Session   Secret    // the token of a temporary key; unset: the key is a long-term one
	Expires   time.Time // on this machine's clock; zero: never
}

// grant checks a and makes a grant of it. from names its source, for errors.
func (a AWS) grant(from string) (*grant, error) {
	if !visible(a.AccessKey) || !visible(a.Secret.Reveal()) || a.Session.Set() && !visible(a.Session.Reveal()) {
		return nil, fmt.Errorf("%s gave a key of AWS without an id or a secret, or with characters that no key has", from)
	}
	return &grant{aws: &a, expires: a.Expires}, nil
}

// AWSStatic is a configured key, which never changes.
type AWSStatic struct {
	AccessKey string
	Secret    Secret
	Session   Secret // unset: a long-term key
}

func (a AWSStatic) describe(d digest) {
	d.add("aws-static", a.AccessKey, a.Secret.Reveal(), a.Session.Reveal())
}

func (a AWSStatic) fetch(context.Context, *client) (*grant, error) {
	return AWS{AccessKey: a.AccessKey, Secret: a.Secret, Session: a.Session}.grant("the configuration")
}

// awsKey is a key in the JSON of the metadata services.
type awsKey struct {
	Code            string
	Message         string
	AccessKeyID     string `json:"AccessKeyId"`
	SecretAccessKey string
	Token           string
	Expiration      time.Time
}

// key reads a key from an answer of a metadata service.
func (c *client) key(r *reply) (*grant, error) {
	var k awsKey
	if err := json.Unmarshal(r.body, &k); err != nil {
		return nil, fmt.Errorf("the answer of %s is not the JSON of a key", r.host)
	}
	if k.Code != "" && k.Code != "Success" {
		return nil, fmt.Errorf("%s gave no key: %s", r.host, told(r.body))
	}
	a := AWS{AccessKey: k.AccessKeyID, Secret: NewSecret(k.SecretAccessKey), Session: NewSecret(k.Token)}
	if !k.Expiration.IsZero() {
		a.Expires = c.here(k.Expiration)
	}
	g, err := a.grant(r.host)
	if err == nil && a.Expires.IsZero() {
		g.renew = reread
	}
	return g, err
}

// errNothing is returned by a source of the default chain that is not set up here.
var errNothing = errors.New("nothing is set up")
