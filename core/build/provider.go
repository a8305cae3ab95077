package build

import (
	"fmt"
	"strconv"

	"asbru/adapters"
	"asbru/core"
	"asbru/core/config"
	"asbru/core/route"
)

// A provider is one compiled entry of the document's providers.
type provider struct {
	at       string // its path in the document
	doc      *config.Provider
	adapter  *adapters.Adapter
	options  map[string]string // complete, including derived ones
	endpoint core.Endpoint
	host     string // Host header
	faces    []*core.Face
	headers  []byte
	keys     []*core.ProviderKey
	waits    core.Waits
	route    *core.Route // provider/model
}

// compileProviders compiles every provider and the Route of its provider/model
// names.
func (c *compiler) compileProviders() {
	for i := range c.doc.Providers {
		p := &provider{at: "providers[" + strconv.Itoa(i) + "]", doc: &c.doc.Providers[i]}
		if c.byName[p.doc.Name] != nil {
			c.fail(p.at+".name", fmt.Sprintf("is %q, which another provider is called already", p.doc.Name), "give each provider its own name; two accounts of one provider can be two keys of it")
			continue
		}
		if !c.findAdapter(p) {
			continue
		}
		c.compileBase(p)
		c.compileHeaders(p)
		c.compileCredentials(p)
		p.compileWaits()
		c.byName[p.doc.Name] = p
		c.providers = append(c.providers, p)
		p.route = c.route(p.doc.Name, c.target(p, ""))
		var s route.Spec
		s.Attempts, s.Retry, s.Breaker = bounds(p.doc.Retry, p.doc.Breaker)
		c.specs[p.route] = s
		c.next.Providers[p.doc.Name] = p.route
	}
	if len(c.doc.Providers) == 1 && len(c.providers) == 1 {
		c.next.Only = c.providers[0].route
	}
}

// target returns the Target of model at p, which is unique; model is empty for the name that the
// client asked for.
func (c *compiler) target(p *provider, model string) *core.Target {
	name := p.doc.Name
	if model != "" {
		name += "/" + model
	}
	if t := c.targets[name]; t != nil {
		return t
	}
	t := &core.Target{
		Name:     name,
		Provider: p.doc.Name,
		Model:    model,
		Host:     p.host,
		Faces:    p.faces,
		Headers:  p.headers,
		Waits:    p.waits,
		Keys:     p.keys,
		Gate:     c.gate(p, name, model),
		Tally:    c.tallies[name],
	}
	if t.Tally == nil {
		t.Tally = new(core.Tally)
	}
	c.targets[name] = t
	c.next.Targets = append(c.next.Targets, t)
	return t
}

// route makes a Route whose Pick is compiled once all targets are known.
func (c *compiler) route(name string, targets ...*core.Target) *core.Route {
	r := &core.Route{Name: name, Targets: targets}
	c.routes = append(c.routes, r)
	return r
}

func (p *provider) compileWaits() {
	n := &p.doc.Network
	p.waits = core.Waits{
		Connect: n.ConnectTimeout.Or(config.DefaultConnectTimeout),
		Header:  n.HeaderTimeout.Or(config.DefaultHeaderTimeout),
		First:   n.FirstTimeout.Or(config.DefaultFirstTimeout),
		Stall:   n.StallTimeout.Or(config.DefaultStallTimeout),
		Total:   n.TotalTimeout.Or(config.DefaultTotalTimeout),
	}
	p.waits.Answer = n.AnswerTimeout.Or(max(config.DefaultAnswerTimeout, p.waits.Header))
	p.endpoint.Connect = p.waits.Connect
	p.endpoint.KeepAlive = n.KeepAlive.Or(config.DefaultKeepAlive)
	p.endpoint.MaxConns = config.DefaultMaxConnections
	if n.MaxConnections > 0 {
		p.endpoint.MaxConns = n.MaxConnections
	}
}
