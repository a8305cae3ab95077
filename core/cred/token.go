package cred

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A token is an issued bearer token (RFC 6749 §5.1), with additional members of Microsoft's
// metadata services.
type token struct {
	Access    string `json:"access_token"`
	Type      string `json:"token_type"`
	ExpiresIn count  `json:"expires_in"` // seconds from now
	ExpiresOn count  `json:"expires_on"` // Unix time
	RefreshIn count  `json:"refresh_in"` // seconds from now
}

// A count is a number that some issuers write as a string.
type count int64

// UnmarshalJSON accepts 3599, "3599" and null, and treats anything else as absent.
func (n *count) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `"`)
	if v, err := strconv.ParseFloat(text, 64); err == nil && v > 0 && v < 1<<40 {
		*n = count(v)
	}
	return nil
}

// bearer reads a token from an answer. more are further header lines to send.
func (c *client) bearer(r *reply, more ...string) (*grant, error) {
	var t token
	if err := json.Unmarshal(r.body, &t); err != nil {
		return nil, fmt.Errorf("the answer of %s is not the JSON of a token", r.host)
	}
	if t.Type != "" && !strings.EqualFold(t.Type, "Bearer") {
		return nil, fmt.Errorf("%s issued a token of another type than Bearer", r.host)
	}
	g := &grant{renew: time.Duration(t.RefreshIn) * time.Second}
	switch {
	case t.ExpiresIn > 0:
		g.expires = r.asked.Add(time.Duration(min(t.ExpiresIn, maxLife)) * time.Second)
	case t.ExpiresOn > 0:
		g.expires = c.here(time.Unix(int64(t.ExpiresOn), 0))
	default: // RFC 6749 allows that: its lifetime is unknown
		g.expires = r.asked.Add(unsaidLife)
	}
	return g, g.carry(r.host, t.Access, more...)
}

// carry makes the header lines of a bearer token (RFC 6750 §2.1).
func (g *grant) carry(host, access string, more ...string) error {
	if !visible(access) || len(access) > maxTokenBytes {
		return fmt.Errorf("%s issued a token that cannot stand in a header", host)
	}
	g.lines = append([]byte("Authorization: Bearer "), access...)
	for _, line := range more {
		g.lines = append(append(g.lines, "\r\n"...), line...)
	}
	g.lines = append(g.lines, "\r\n"...)
	return nil
}

// here converts a time of the issuer's clock to this machine's clock.
func (c *client) here(t time.Time) time.Time { return t.Add(-time.Duration(c.skew.Load())).Round(0) }

// visible reports whether s is a single word of ASCII.
func visible(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}
