package config

import (
	"net/url"
	"strings"
)

func (c *checker) store() {
	s := c.doc.Store
	if shared := c.doc.Governance.Shared; shared != nil && *shared && !c.doc.Leased() {
		c.fail("governance.shared", "set store.postgres, or leave it out", "is set, and there is no database that machines could share")
	}
	if s == nil {
		return
	}
	c.notNegative("store.poll", s.Poll, s.Poll < 0)
	if !s.Postgres.Set() {
		if s.Copy != "" {
			c.fail("store.copy", "leave it out", "is for postgres; a file of SQLite is there when asbru starts")
		}
		return
	}
	if s.Path != "" {
		c.fail("store.path", "keep one of them", "stands beside postgres")
	}
	u, err := url.Parse(s.Postgres.Reveal())
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || strings.Trim(u.Path, "/") == "" {
		c.fail("store.postgres", "write postgres://user:password@host/name, or a reference to it such as env.ASBRU_POSTGRES", "is no address of a database")
	}
	if !c.doc.Governance.Pepper.Set() {
		c.fail("governance.pepper", "openssl rand -hex 32 makes one; give each machine the same", "is missing: machines that share a store must make the same digests of keys")
	}
}

// sharedLimits checks the address of the server that counts rate limits for several machines, without
// printing it: it can hold a password.
func (c *checker) sharedLimits() {
	s := c.doc.Governance.SharedLimits
	if !s.Set() {
		return
	}
	const path = "governance.shared_limits"
	u, err := url.Parse(s.Reveal())
	if err != nil || u.Scheme != "redis" && u.Scheme != "rediss" || u.Hostname() == "" || u.Port() == "" || strings.Trim(u.Path, "/0123456789") != "" || u.RawQuery != "" {
		c.fail(path, "write redis://user:password@host:6379/0, rediss:// for TLS, or a reference to it such as env.ASBRU_VALKEY", "is no address of a Valkey or Redis")
		return
	}
	if u.Scheme == "redis" && !Loopback(u.Host) {
		c.warn(path, "use rediss", "sends a password and the names of keys over the network in the clear")
	}
}
