package cred

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A token is a bearer token as it is issued: RFC 6749 §5.1, with what Microsoft's
// metadata services say besides.
type token struct {
	Access    string `json:"access_token"`
	Type      string `json:"token_type"`
	ExpiresIn count  `json:"expires_in"` // seconds from now
	ExpiresOn count  `json:"expires_on"` // Unix time
	RefreshIn count  `json:"refresh_in"` // seconds from now
}

// A count is a number that some write as a string.
type count int64

// UnmarshalJSON reads 3599, "3599" and null, and takes anything else for absent.
func (n *count) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `"`)
	if v, err := strconv.ParseFloat(text, 64); err == nil && v > 0 && v < 1<<40 {
		*n = count(v)
	}
	return nil
}

// bearer reads a token out of an answer. more are header lines to send with it.
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
	default: // RFC 6749 leaves it open: then nobody knows
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

// here is a time by the issuer's clock on the clock of this machine.
func (c *client) here(t time.Time) time.Time { return t.Add(-time.Duration(c.skew.Load())).Round(0) }

// visible reports whether s is one word of ASCII.
func visible(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}
