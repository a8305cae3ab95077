package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// A server is one target of the load generator.
type server struct {
	name, addr string
	pid        int
	ours       bool // it is asbru with another name
}

const (
	virtualKey  = "vk-gate-0123456789abcdef"
	providerKey = "sk-gate-0123456789abcdef"
)

// mock starts the stand-in provider.
func (st *stand) mock(args ...string) (server, *process, error) {
	addr, err := freePort()
	if err != nil {
		return server{}, nil, err
	}
	args = append([]string{st.s.o.asbru, "mock", "--listen", addr}, args...)
	p, err := st.start("direct", syscall.SIGTERM, nil, args...)
	if err != nil {
		return server{}, nil, err
	}
	return server{name: "direct", addr: addr, pid: p.pid()}, p, p.ready(addr, readyWithin)
}

// provided opens a stand with a provider, started with args. The caller has to close it.
func (s *session) provided(args ...string) (*stand, server, error) {
	st, err := s.stand()
	if err != nil {
		return nil, server{}, err
	}
	provider, _, err := st.mock(args...)
	if err != nil {
		st.close()
		return nil, server{}, err
	}
	return st, provider, nil
}

// gatewayShape configures a gateway.
type gatewayShape struct {
	ca       string   // of the provider; empty: plain
	silent   bool     // no access log
	balanced bool     // balancedModel is an alias with all routing features
	name     string   // empty: asbru
	cache    string   // the section cache of its configuration; empty: none
	governed bool     // budgets, limits, the ledger and the audit trail
	keys     int      // further unused keys, of a team with a budget; only if governed
	args     []string // arguments after serve
	under    under
}

// gateway starts asbru with a virtual key, metrics and an access log.
func (st *stand) gateway(provider string, g gatewayShape) (server, error) {
	addr, err := freePort()
	if err != nil {
		return server{}, err
	}
	name := cmp.Or(g.name, "asbru")
	base, network := "http://"+provider, ""
	if g.ca != "" {
		base, network = "https://"+provider, ", network: {ca: "+g.ca+"}"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "listen: %s\n", addr)
	if !g.silent {
		fmt.Fprintf(&b, "observability: {access_log: %s}\n", filepath.Join(st.dir, "access.log"))
	}
	fmt.Fprintf(&b, "providers:\n  - {name: openai, base_url: %s/v1, api_key: %s%s}\n", base, providerKey, network)
	if g.balanced {
		fmt.Fprintf(&b, balancedText, base, providerKey, balancedModel)
	}
	more := ""
	if g.governed {
		more = ", team: gate, budgets: [{usd: 1000000}, {usd: 900000, window: 1d}], rate_limits: [{requests: 100000000}, {tokens: 1000000000000}, {calls: 10000}]"
		fmt.Fprintf(&b, "governance: {ledger: %s}\naudit: {sinks: []}\nteams:\n- {name: gate, budgets: [{usd: 2000000}]}\n", filepath.Join(st.dir, name+"-ledger"))
	}
	if g.keys > 0 {
		fmt.Fprintf(&b, "- {name: t, budgets: [{usd: 1000000}]}\n")
	}
	fmt.Fprintf(&b, "virtual_keys:\n- {name: gate, key: %s%s}\n", virtualKey, more)
	for i := range g.keys { // short: a document has 4 MiB
		fmt.Fprintf(&b, "- {name: k%d, key: vk-%05d, team: t}\n", i, i)
	}
	if g.cache != "" {
		fmt.Fprintf(&b, "cache: %s\n", g.cache)
	}
	file := filepath.Join(st.dir, name+".yaml")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		return server{}, err
	}
	argv := append(slices.Clone(g.under.before), st.s.o.asbru, "serve", "--config", file)
	p, err := st.start(name, syscall.SIGKILL, g.under.env, append(argv, g.args...)...)
	if err != nil {
		return server{}, err
	}
	return server{name, addr, p.pid(), true}, p.ready(addr, cmp.Or(g.under.within, readyWithin))
}

// proxyShape configures one of the other proxies.
type proxyShape struct {
	name      string
	keepAlive int  // nginx: idle connections to the provider per worker
	log       bool // nginx: a buffered access log
	stream    bool // for event streams: pass on every chunk as it comes
	alone     bool // nginx: one process
	under     under
}

// nginx starts a reverse proxy that does the minimum: keep-alive on both sides and setting the
// provider's key.
func (st *stand) nginx(provider string, n proxyShape) (server, error) {
	path, err := lookFor("nginx")
	if err != nil {
		return server{}, err
	}
	addr, err := freePort()
	if err != nil {
		return server{}, err
	}
	dir := filepath.Join(st.dir, n.name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return server{}, err
	}
	user, log, buffering, processes := "", "off", "on", "worker_processes 2;"
	if os.Getuid() == 0 {
		user = "user root;"
	}
	if n.log {
		log = filepath.Join(dir, "access.log") + " combined buffer=64k flush=1s"
	}
	if n.stream {
		buffering = "off"
	}
	if n.alone {
		processes = "master_process off;"
	}
	text := fmt.Sprintf(nginxText, user, dir, log, provider, n.keepAlive, addr, providerKey, buffering, processes)
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return server{}, err
	}
	argv := append(slices.Clone(n.under.before), path, "-p", dir, "-e", filepath.Join(dir, "error.log"), "-c", file)
	p, err := st.start(n.name, syscall.SIGTERM, n.under.env, argv...)
	if err != nil {
		return server{}, err
	}
	return server{name: n.name, addr: addr, pid: p.pid()}, p.ready(addr, cmp.Or(n.under.within, readyWithin))
}

// haproxy starts the other proxy, with 9,000 connections, as 20,000 descriptors allow.
func (st *stand) haproxy(provider string, n proxyShape) (server, error) {
	path, err := lookFor("haproxy")
	if err != nil {
		return server{}, err
	}
	addr, err := freePort()
	if err != nil {
		return server{}, err
	}
	option := ""
	if n.stream {
		option = "option http-no-delay"
	}
	file := filepath.Join(st.dir, "haproxy.cfg")
	if err := os.WriteFile(file, fmt.Appendf(nil, haproxyText, option, addr, providerKey, provider), 0o600); err != nil {
		return server{}, err
	}
	p, err := st.start("haproxy", syscall.SIGKILL, nil, path, "-db", "-f", file)
	if err != nil {
		return server{}, err
	}
	return server{name: "haproxy", addr: addr, pid: p.pid()}, p.ready(addr, readyWithin)
}

// others starts nginx and HAProxy.
func (st *stand) others(provider string, n proxyShape) ([]server, error) {
	n.name = "nginx"
	a, err := st.nginx(provider, n)
	if err != nil {
		return nil, err
	}
	b, err := st.haproxy(provider, n)
	return []server{a, b}, err
}
