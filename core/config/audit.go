package config

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// Audit says where the records of calls and changes go: who asked which model for what, the result,
// its cost, and who changed what. Records are numbered, chained and signed; they hold no prompts or
// answers.
type Audit struct {
	Off     bool          `json:"off,omitempty"`      // no records; default: records are kept whenever there is a ledger
	Dir     string        `json:"dir,omitempty"`      // directory of the trail, where records wait for sinks; default: asbru-audit beside the ledger
	Sign    AuditSign     `json:"sign,omitempty"`     // how often, and with what
	Content *AuditContent `json:"content,omitempty"`  // nil: prompts are not kept
	Spool   Size          `json:"spool,omitempty"`    // most bytes that wait for sinks; beyond it new calls are refused; default 4GiB, at least 16MiB
	Keep    Duration      `json:"keep,omitempty"`     // how long records that all sinks have stay in dir; default: not at all
	Sinks   []Sink        `json:"sinks,omitempty"`    // default: one of type sqlite
	NoSinks bool          `json:"no_sinks,omitempty"` // no sink, not even the default one: the files in dir are the trail, kept without end unless keep is set
}

// AuditSign is about the signed checkpoints of the trail. No change to the records before the last
// checkpoint goes unnoticed.
type AuditSign struct {
	Key     string   `json:"key,omitempty"`     // PEM file of the Ed25519 private key, created at the first start; default: audit.key in the trail's directory
	Every   Duration `json:"every,omitempty"`   // most time between two checkpoints while records arrive; default 1m, at least 1s
	Records int      `json:"records,omitempty"` // most records between two; default 10000
}

// AuditContent keeps the prompts of virtual keys whose content_logging is on, only in sinks of the
// types sqlite and postgres. They are not signed, and they are dropped while a sink is unreachable.
type AuditContent struct {
	Bytes     Size     `json:"bytes,omitempty"`     // most bytes of a prompt; default 16KiB, at most 1MiB
	Retention Duration `json:"retention,omitempty"` // how long prompts are kept; default 720h
}

// A Sink is a destination of records. It gets each record once; one that was unreachable catches
// up.
type Sink struct {
	Name      string   `json:"name,omitempty"`                                    // shown in logs and metrics; default: the type
	Type      string   `json:"type" enum:"sqlite,postgres,clickhouse,webhook,s3"` // the kind of destination
	Path      string   `json:"path,omitempty"`                                    // sqlite: the file; default audit.db in the trail's directory
	URL       Secret   `json:"url,omitempty"`                                     // postgres://user:password@host/database, http://user:password@host:8123/?database=name, the address to post to, or the S3 server's address
	Secret    Secret   `json:"secret,omitempty"`                                  // webhook: signs the requests; s3: the secret access key
	Token     Secret   `json:"token,omitempty"`                                   // webhook: sent as Authorization: Bearer
	Retention Duration `json:"retention,omitempty"`                               // sqlite, postgres, clickhouse: older records are removed; default: none is removed
	Bucket    string   `json:"bucket,omitempty"`                                  // s3
	Prefix    string   `json:"prefix,omitempty"`                                  // s3: prefix of object names
	Region    string   `json:"region,omitempty"`                                  // s3; default us-east-1
	AccessKey string   `json:"access_key,omitempty"`                              // s3: the access key's id
	Lock      string   `json:"lock,omitempty" enum:"compliance,governance,off"`   // s3: mode of Object Lock; default compliance
	LockFor   Duration `json:"lock_for,omitempty"`                                // s3: how long an object can neither be changed nor removed; default 8760h
}

// Bounds of the audit trail.
const (
	minSpool     = 16 << 20
	minSignEvery = Duration(time.Second)
	maxSinks     = 8
	maxContent   = 1 << 20
)

func (c *checker) audit() {
	a := c.doc.Audit
	if a == nil {
		return
	}
	c.wholePath("audit.dir", a.Dir)
	c.wholePath("audit.sign.key", a.Sign.Key)
	if a.Spool != 0 && a.Spool < minSpool {
		c.fail("audit.spool", "leave it out for 4GiB", "is %v; it is 16MiB at least", a.Spool)
	}
	if a.Sign.Every != 0 && a.Sign.Every < minSignEvery {
		c.fail("audit.sign.every", "leave it out for 1m", "is %v; it is 1s at least", a.Sign.Every)
	}
	c.notNegative("audit.sign.records", a.Sign.Records, a.Sign.Records < 0)
	c.notNegative("audit.keep", a.Keep, a.Keep < 0)
	if t := a.Content; t != nil {
		c.notNegative("audit.content.bytes", t.Bytes, t.Bytes < 0)
		c.notNegative("audit.content.retention", t.Retention, t.Retention < 0)
		if t.Bytes > maxContent {
			c.fail("audit.content.bytes", "leave it out for 16KiB", "is %v; it is 1MiB at most", t.Bytes)
		}
	}
	if len(a.Sinks) > maxSinks {
		c.fail("audit.sinks", "", "are %d; there are %d at most", len(a.Sinks), maxSinks)
	}
	if a.NoSinks && len(a.Sinks) > 0 {
		c.fail("audit.no_sinks", "leave one of the two out", "is set, and there are sinks")
	}
	isNew := c.unique("sink")
	for i := range a.Sinks {
		s, path := &a.Sinks[i], fmt.Sprintf("audit.sinks[%d]", i)
		name := s.Name
		if name == "" {
			name = s.Type
		}
		if name != "" && c.name(path+".name", name, "a sink") {
			isNew(path+".name", name)
		}
		c.sink(path, s)
	}
}

// wholePath checks that a path is absolute, so that it does not depend on the working directory.
func (c *checker) wholePath(path, p string) {
	if p != "" && !filepath.IsAbs(p) {
		c.fail(path, "write the whole path, such as /var/lib/asbru/audit", "is %s, which depends on where asbru is started", quote(p))
	}
}

// sinkFields lists the fields of a type of sink; empty: there is no such type.
func sinkFields(typ string) string {
	switch typ {
	case "sqlite":
		return "path retention"
	case "postgres", "clickhouse":
		return "url retention"
	case "webhook":
		return "url secret token"
	case "s3":
		return "url secret bucket prefix region access_key lock lock_for"
	}
	return ""
}

func (c *checker) sink(path string, s *Sink) {
	known := sinkFields(s.Type)
	if known == "" {
		c.fail(path+".type", "", "%s is no type of sink; it is one of sqlite, postgres, clickhouse, webhook, s3", quote(s.Type))
		return
	}
	for _, f := range []struct {
		name string
		set  bool
		must bool
	}{
		{"path", s.Path != "", false}, {"url", s.URL.Set(), true}, {"secret", s.Secret.Set(), s.Type == "webhook" || s.AccessKey != ""},
		{"token", s.Token.Set(), false}, {"retention", s.Retention != 0, false}, {"bucket", s.Bucket != "", true},
		{"prefix", s.Prefix != "", false}, {"region", s.Region != "", false}, {"access_key", s.AccessKey != "", false},
		{"lock", s.Lock != "", false}, {"lock_for", s.LockFor != 0, false},
	} {
		has := strings.Contains(" "+known+" ", " "+f.name+" ")
		switch {
		case f.set && !has:
			c.fail(path+"."+f.name, "leave it out", "a sink of type %s has none", s.Type)
		case !f.set && has && f.must:
			c.fail(path+"."+f.name, "", "a sink of type %s needs it", s.Type)
		}
	}
	c.wholePath(path+".path", s.Path)
	c.notNegative(path+".retention", s.Retention, s.Retention < 0)
	c.notNegative(path+".lock_for", s.LockFor, s.LockFor < 0)
	c.oneOf(path+".lock", s.Lock, "compliance", "governance", "off")
	if n := len(s.Secret.Reveal()); s.Type == "webhook" && n > 0 && n < minSecretBytes {
		c.fail(path+".secret", "openssl rand -hex 32 makes a good one", "has %d bytes; one of less than %d can be guessed", n, minSecretBytes)
	}
	if s.URL.Set() {
		c.sinkURL(path+".url", s)
	}
}

// sinkURL checks an address without printing it, because it can hold a password.
func (c *checker) sinkURL(path string, s *Sink) {
	schemes := []string{"http", "https"}
	if s.Type == "postgres" {
		schemes = []string{"postgres", "postgresql"}
	}
	u, err := url.Parse(s.URL.Reveal())
	if err != nil || u.Host == "" && s.Type != "postgres" || u.Scheme != schemes[0] && u.Scheme != schemes[1] {
		c.fail(path, "", "is no address that begins with %s:// or %s://", schemes[0], schemes[1])
		return
	}
	if u.Scheme == "http" && !Loopback(hostPort(u)) && s.Type != "clickhouse" {
		c.warn(path, "use https", "sends audit records over the network in the clear")
	}
}

// hostPort returns host:port of u, with the default port if it has none.
func hostPort(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	return u.Host + ":80"
}
