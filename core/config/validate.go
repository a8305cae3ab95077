package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Validate checks what the types of d cannot express: names, addresses, and that references
// lead to something. Decode calls it; a Document made in another way needs it too. The
// Problems have paths but no lines.
func (d *Document) Validate(env Env) []Problem {
	c := checker{doc: d, env: env}
	c.listeners()
	c.origins()
	c.observability()
	c.limits()
	c.cache()
	c.repeats()
	c.overload("overload", c.doc.Overload)
	c.providers()
	c.models()
	c.rules()
	c.virtualKeys()
	c.holders()
	c.prices()
	c.audit()
	c.store()
	return capped(c.problems)
}

// A checker collects the problems of one Document.
type checker struct {
	doc      *Document
	env      Env
	problems []Problem
	names    *names // built on first use
}

func (c *checker) fail(path, hint, format string, args ...any) {
	c.problems = append(c.problems, Problem{Path: path, Message: fmt.Sprintf(format, args...), Hint: hint})
}

func (c *checker) warn(path, hint, format string, args ...any) {
	c.problems = append(c.problems, Problem{Path: path, Message: fmt.Sprintf(format, args...), Hint: hint, Severity: Warning})
}

// oneOf checks a word that has few values; empty means the default.
func (c *checker) oneOf(path, word string, words ...string) {
	if word == "" || slices.Contains(words, word) {
		return
	}
	c.fail(path, didYouMean(word, words), "cannot be %s; it is one of %s", quote(word), strings.Join(words, ", "))
}

// didYouMean returns a hint for a word that is not among known.
func didYouMean(word string, known []string) string {
	if near := Near(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	return ""
}

// name checks that a name is set and can be used in logs, metrics, headers and paths.
// It reports whether it is valid.
func (c *checker) name(path, name, what string) bool {
	if !c.named(path, name, what) {
		return false
	}
	if strings.ContainsFunc(name, notInName) || !isLetter(name[0]) && !isDigit(name[0]) {
		c.fail(path, "use letters, digits, '.', '_' and '-', beginning with a letter or digit", "%s cannot be a name", quote(name))
		return false
	}
	return true
}

// holder checks the name of a virtual key, team or customer: what people call them, in any
// script. It reports whether it is valid.
func (c *checker) holder(path, name, what string) bool {
	if !c.named(path, name, what) {
		return false
	}
	if !HolderName(name) {
		c.fail(path, "use letters, digits, single spaces and any of "+holderMarks+", beginning with a letter or digit", "%s cannot be the name of %s", quote(name), what)
		return false
	}
	return true
}

// HolderName reports whether a virtual key, team or customer can be called name.
func HolderName(name string) bool {
	first, _ := utf8.DecodeRuneInString(name)
	return len(name) <= maxNameBytes && !strings.ContainsFunc(name, notInHolder) && (unicode.IsLetter(first) || unicode.IsDigit(first)) &&
		!strings.HasSuffix(name, " ") && !strings.Contains(name, "  ")
}

// named checks that a name is there and not too long.
func (c *checker) named(path, name, what string) bool {
	switch {
	case name == "":
		c.fail(path, "", "%s needs a name", what)
	case len(name) > maxNameBytes:
		c.fail(path, "", "is %d bytes long; a name has at most %d", len(name), maxNameBytes)
	default:
		return true
	}
	return false
}

func notInName(r rune) bool {
	return r >= 0x80 || !isLetter(byte(r)) && !isDigit(byte(r)) && !strings.ContainsRune("._-", r)
}

// holderMarks are what the name of a holder may contain beside letters, digits and spaces. Neither the
// colon is among them, which ends the name in that of an account, nor what needs escaping anywhere.
const holderMarks = ". _ - & , ' ( ) + @ #"

func notInHolder(r rune) bool {
	return r == utf8.RuneError || !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune(holderMarks, r)
}

// notInWord reports runes that no model name, header or address contains.
func notInWord(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

// unique returns a check that each name is given once; the check reports
// whether a name is new.
func (c *checker) unique(what string) func(path, name string) bool {
	seen := map[string]string{}
	return func(path, name string) bool {
		if first, dup := seen[name]; dup {
			c.fail(path, "", "%s %s is there already, as %s", what, quote(name), first)
			return false
		}
		seen[name] = strings.TrimSuffix(path, ".name")
		return true
	}
}

func (c *checker) listeners() {
	d := c.doc
	listen := d.Listen
	if listen == "" {
		listen = DefaultListen
	}
	good := c.address("listen", listen)
	if d.Admin.Listen != "" {
		adminGood := c.address("admin.listen", d.Admin.Listen)
		if d.Admin.Listen == listen && !strings.HasSuffix(listen, ":0") {
			c.fail("admin.listen", "use another port", "is the address of the data plane, %s", listen)
		}
		if adminGood && !d.Admin.Token.Set() && d.Store == nil && !Loopback(d.Admin.Listen) {
			c.fail("admin.listen", "set admin.token, or listen on 127.0.0.1", "%s is reachable from other machines and admin.token is not set", d.Admin.Listen)
		}
	}
	if t := d.TLS; t != nil {
		if t.Cert == "" {
			c.fail("tls.cert", "", "tls needs the path of a certificate")
		}
		if !t.Key.Set() {
			c.fail("tls.key", "write file:/path or cred:NAME", "tls needs a private key")
		} else if ref := t.Key.Ref(); !strings.HasPrefix(ref, "file:") && !strings.HasPrefix(ref, "cred:") {
			c.fail("tls.key", "write file:/path or cred:NAME", "is no file, and a certificate and its key are read again when they change")
		}
		c.oneOf("tls.min_version", t.MinVersion, "1.2", "1.3")
	}
	switch {
	case len(d.VirtualKeys) > 0 || d.Store != nil:
	case d.AllowAnonymous == nil && good && !Loopback(listen):
		c.fail("listen", "add virtual_keys, set allow_anonymous: true, or listen on 127.0.0.1",
			"%s is reachable from other machines and there are no virtual_keys: anyone could use your provider keys", listen)
	case d.AllowAnonymous != nil && !*d.AllowAnonymous:
		c.warn("allow_anonymous", "add virtual_keys", "is false and there are no virtual_keys: every request will be refused")
	}
}

// origins checks allowed_origins: they must have the form that browsers send, since they are compared literally.
func (c *checker) origins() {
	if n := len(c.doc.AllowedOrigins); n > maxOrigins {
		c.fail("allowed_origins", `"*" allows all`, "has %d origins; %d is the most", n, maxOrigins)
	}
	for i, o := range c.doc.AllowedOrigins {
		if !IsOrigin(o) {
			c.fail(fmt.Sprintf("allowed_origins[%d]", i), "write scheme://host or scheme://host:port, without a slash at the end", "%s is not the origin of a page", quote(o))
		}
	}
}

// IsOrigin reports whether allowed_origins can hold text: "*", or the origin of a page as browsers send it.
func IsOrigin(text string) bool {
	if text == "*" {
		return true
	}
	u, err := url.Parse(text)
	return err == nil && u.Scheme != "" && u.Host != "" && u.User == nil && u.Path+u.RawQuery+u.Fragment == "" && !u.ForceQuery && !strings.ContainsFunc(text, notInOrigin)
}

// notInOrigin reports what no browser sends in an origin, and must not go into a header.
func notInOrigin(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`*"'<>#`, r) }

const listenHint = "write host:port, such as 127.0.0.1:8080 or [::1]:8080, or systemd"

// address checks host:port, :port, systemd and systemd:NAME, and reports
// whether it is valid.
func (c *checker) address(path, addr string) bool {
	if name, ok := strings.CutPrefix(addr, "systemd"); ok && (name == "" || name[0] == ':') {
		if name == ":" {
			c.fail(path, "write systemd, or systemd:NAME", "names no socket after systemd:")
		}
		return name != ":"
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil || strings.ContainsFunc(host, notInWord) || strings.ContainsAny(host, "/@") {
		c.fail(path, listenHint, "%s is not an address to listen on", quote(addr))
		return false
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		c.fail(path, listenHint, "%s is not a port; ports are 0 to 65535", quote(port))
		return false
	}
	return true
}

// Loopback reports whether a listen address can be reached from this machine only. A
// socket from systemd could be bound to anything and does not count as loopback.
func Loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.Unmap().IsLoopback()
}

func (c *checker) observability() {
	o := c.doc.Observability
	c.oneOf("observability.log_level", o.LogLevel, "debug", "info", "warn", "error")
	words := []string{"stdout", "stderr", "off"}
	if log := o.AccessLog; log != "" && !slices.Contains(words, log) && !strings.ContainsAny(log, `/\.`) {
		c.fail("observability.access_log", didYouMean(log, words), "cannot be %s; it is stdout, stderr, off or the path of a file", quote(log))
	}
}

func (c *checker) limits() {
	l := c.doc.Limits
	c.notNegative("limits.body_bytes", l.BodyBytes, l.BodyBytes < 0)
	c.notNegative("limits.memory", l.Memory, l.Memory < 0)
	c.notNegative("limits.connections", l.Connections, l.Connections < 0)
	c.notNegative("limits.head_timeout", l.HeadTimeout, l.HeadTimeout < 0)
	c.notNegative("limits.idle_timeout", l.IdleTimeout, l.IdleTimeout < 0)
	c.notNegative("limits.body_timeout", l.BodyTimeout, l.BodyTimeout < 0)
	c.notNegative("limits.slow_client", l.SlowClient, l.SlowClient < 0)
	c.notNegative("limits.drain_wait", l.DrainWait, l.DrainWait < 0)
	const least = 16 << 20
	if l.Memory > 0 && l.Memory < least {
		c.warn("limits.memory", "", "%s is less than an idle process needs; the collector would never rest", l.Memory)
	}
}

func (c *checker) notNegative(path string, value any, negative bool) {
	if negative {
		c.fail(path, "leave it out for the default", "cannot be negative (%v)", value)
	}
}
