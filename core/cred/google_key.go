package cred

import (
	"cmp"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// assertionLife is how long an assertion may be used; Google accepts at most an hour.
const assertionLife = time.Hour

// account exchanges an assertion, signed with the account's key, for a token (RFC 7523 §2.1).
//
// Source: https://developers.google.com/identity/protocols/oauth2/service-account
func (f *googleFile) account(ctx context.Context, c *client, scope string) (*grant, error) {
	to := cmp.Or(f.TokenURI, googleToken)
	assertion, err := f.assertion(to, scope, c.now())
	if err != nil {
		return nil, err
	}
	r, err := c.do(ctx, &call{
		method: "POST",
		url:    to,
		form: url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"},
			"assertion":  {assertion.Reveal()},
		},
		hide: []Secret{assertion},
	})
	if err != nil {
		return nil, err
	}
	return c.bearer(r)
}

func (f *googleFile) assertion(to, scope string, now time.Time) (Secret, error) {
	key, err := parseRSA(f.Key)
	if err != nil {
		return Secret{}, err
	}
	claims, err := json.Marshal(struct {
		Issuer   string `json:"iss"`
		Scope    string `json:"scope"`
		Audience string `json:"aud"`
		Issued   int64  `json:"iat"`
		Expires  int64  `json:"exp"`
	}{f.Email, scope, to, now.Unix(), now.Add(assertionLife).Unix()})
	if err != nil {
		return Secret{}, errors.New("client_email in the credentials of Google Cloud cannot be written in JSON")
	}
	return signRS256(key, f.KeyID, claims)
}

// signRS256 makes a JSON Web Token of claims (RFC 7515 §7.1, RFC 7518 §3.3). An
// empty id leaves kid out.
func signRS256(key *rsa.PrivateKey, id string, claims []byte) (Secret, error) {
	head, err := json.Marshal(struct {
		Alg string `json:"alg"`
		Kid string `json:"kid,omitempty"`
		Typ string `json:"typ"`
	}{"RS256", id, "JWT"})
	if err != nil {
		return Secret{}, errors.New("private_key_id in the credentials of Google Cloud cannot be written in JSON")
	}
	return sealRS256(key, head, claims)
}

// sealRS256 joins a header, the claims and their signature.
func sealRS256(key *rsa.PrivateKey, head, claims []byte) (Secret, error) {
	text := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(claims)
	sum := sha256.Sum256([]byte(text))
	sign, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		return Secret{}, fmt.Errorf("cannot sign with private_key in the credentials of Google Cloud: %w", err)
	}
	return NewSecret(text + "." + base64.RawURLEncoding.EncodeToString(sign)), nil
}

// parseRSA reads a PEM block with an RSA key, in PKCS #8 or PKCS #1.
func parseRSA(text string) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("private_key in the credentials of Google Cloud is no PEM block; look for line breaks that were lost")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("private_key in the credentials of Google Cloud is damaged")
	}
	if key, ok := key.(*rsa.PrivateKey); ok {
		return key, nil
	}
	return nil, errors.New("private_key in the credentials of Google Cloud is not an RSA key")
}
