package importer

import (
	"strings"
	"time"

	"asbru/adapters"
	"asbru/core"
	"asbru/core/config"
)

// network imports network_config.
func (b *bifrost) network(f field, kind string, p *config.Provider) {
	if !f.object() {
		return
	}
	n := &p.Network
	if base := f.at("base_url"); base.there() {
		p.BaseURL = b.address(base, kind)
	}
	p.Headers = f.at("extra_headers").texts()
	if t := f.at("default_request_timeout_in_seconds"); t.there() {
		n.HeaderTimeout = t.duration(time.Second)
		n.AnswerTimeout = n.HeaderTimeout
		n.TotalTimeout = max(n.HeaderTimeout, config.Duration(config.DefaultTotalTimeout))
		n.FirstTimeout = max(n.HeaderTimeout, config.Duration(config.DefaultFirstTimeout))
		t.partly("bounds the wait for the head of a reply (network.header_timeout and answer_timeout); a stream may go on for %s", n.TotalTimeout)
	}
	b.retry(f, p)
	n.InsecureSkipVerify = f.at("insecure_skip_verify").on()
	n.StallTimeout = f.at("stream_idle_timeout_in_seconds").duration(time.Second)
	n.KeepAlive = f.at("keep_alive_timeout_in_seconds").duration(time.Second)
	n.MaxConnections, _ = f.at("max_conns_per_host").count(1_000_000)
	if on, ok := f.at("allow_private_network").flag(); ok {
		n.AllowPrivateNetwork = &on
	}
	f.leaveAll(bifrostNetworkLeft)
}

var bifrostNetworkLeft = []left{
	{"enforce_http2", "providers are spoken to in HTTP/1.1"},
	{"ca_cert_pem", "write it into a file and name that in network.ca"},
	{"beta_header_overrides", "beta headers are filtered by what a provider's type knows"},
	{"stream_throughput_guard", "a slow stream is not left; see hedge of an alias"},
}

// retry imports how often, and after which wait, a provider is asked again.
func (b *bifrost) retry(f field, p *config.Provider) {
	most, wait, longest := f.at("max_retries"), f.at("retry_backoff_initial"), f.at("retry_backoff_max")
	n, ok := most.count(core.MostAttempts - 1)
	if !ok && !wait.there() && !longest.there() {
		return
	}
	p.Retry = &config.Retry{Backoff: wait.duration(time.Millisecond), Longest: longest.duration(time.Millisecond)}
	if n > 0 {
		p.Retry.Again, p.Retry.Attempts = n, min(core.MostAttempts, n+core.MaxAttempts)
		most.partly("retries of all targets of a request together are bounded: retry {attempts: %d, again: %d}", p.Retry.Attempts, n)
	}
}

// proxy imports proxy_config.
func (b *bifrost) proxy(f field, p *config.Provider) {
	switch kind := f.at("type").text(); kind {
	case "", "none":
		f.at("url").leave("no proxy is used")
	case "environment":
		p.Network.Proxy = "env"
		f.at("url").leave("the environment says it")
	case "http":
		p.Network.Proxy = f.at("url").written("http://127.0.0.1:9")
	default:
		f.leave("a proxy of kind %s is not spoken to; HTTP ones are", short(kind))
		return
	}
	f.leaveAll([]left{{"username", "a proxy is spoken to without a name"}, {"password", "a proxy is spoken to without a password"},
		{"ca_cert_pem", "a proxy is spoken to in plain HTTP"}})
}

// queue imports the bound on requests in flight.
func (b *bifrost) queue(f field, p *config.Provider) {
	if !f.object() {
		if b.crowded {
			p.Overload = &config.Overload{Queue: config.Queue{Size: new(int)}}
		}
		return
	}
	most, _ := f.at("concurrency").count(1_000_000)
	wait, ok := f.at("buffer_size").count(1_000_000)
	off := false
	p.Overload = &config.Overload{Adaptive: &off, MaxConcurrency: most, MinConcurrency: min(most, 1)}
	if b.crowded {
		wait, ok = 0, true
	}
	if ok {
		p.Overload.Queue.Size = &wait
	}
	f.partly("holds for each model of the provider, not for all of them together")
}

// address converts a base URL to ours, which includes the /v1 that Bifrost adds itself.
func (b *bifrost) address(f field, kind string) string {
	return b.based(strings.TrimRight(f.written("http://127.0.0.1:9"), "/"), kind)
}

func (b *bifrost) based(url, kind string) string {
	a, _ := adapters.Find(kind)
	v1 := strings.HasSuffix(kind, "-compatible") || a != nil && strings.HasSuffix(a.Base, "/v1")
	switch {
	case url == "":
		return ""
	case kind == "gemini":
		return strings.TrimSuffix(url, "/v1beta")
	case v1 && !strings.HasSuffix(url, "/v1"):
		return url + "/v1"
	}
	return url
}

// texts reads an object of texts.
func (f field) texts() map[string]string {
	var all map[string]string
	for _, m := range f.members() {
		if text := m.written(""); text != "" {
			if all == nil {
				all = map[string]string{}
			}
			all[m.name] = text
		}
	}
	return all
}
