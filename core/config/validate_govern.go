package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"asbru/core"
	"asbru/core/price"
)

// holders checks teams, customers, and the limits for everyone.
func (c *checker) holders() {
	isNew := c.unique("customer")
	for i := range c.doc.Customers {
		h, path := &c.doc.Customers[i], fmt.Sprintf("customers[%d]", i)
		if c.holder(path+".name", h.Name, "a customer") {
			isNew(path+".name", h.Name)
		}
		c.budgets(path, h.Budgets)
		c.rates(path, h.RateLimits)
	}
	isNew = c.unique("team")
	ofCustomer := c.customerNamed()
	for i := range c.doc.Teams {
		h, path := &c.doc.Teams[i], fmt.Sprintf("teams[%d]", i)
		if c.holder(path+".name", h.Name, "a team") {
			isNew(path+".name", h.Name)
		}
		if h.Customer != "" && c.holder(path+".customer", h.Customer, "a customer") {
			ofCustomer(path+".customer", h.Customer)
		}
		c.budgets(path, h.Budgets)
		c.rates(path, h.RateLimits)
	}
	for i := range c.doc.Providers {
		p, path := &c.doc.Providers[i], fmt.Sprintf("providers[%d]", i)
		c.budgets(path, p.Budgets)
		c.rates(path, p.RateLimits)
		for j, l := range p.RateLimits {
			if l.Calls+l.Streams > 0 {
				c.fail(fmt.Sprintf("%s.rate_limits[%d]", path, j), "set overload.max_concurrency of the provider", "is of what is under way; a provider's limits are of requests and tokens")
			}
		}
	}
	for i := range c.doc.Models {
		m, path := &c.doc.Models[i], fmt.Sprintf("models[%d]", i)
		c.budgets(path, m.Budgets)
		c.rates(path, m.RateLimits)
	}
	c.rates("", c.doc.RateLimits)
	c.budgets("", c.doc.Budgets)
	if p := c.doc.Governance.Pepper; p.Set() && len(p.Reveal()) < MinPepperBytes {
		c.fail("governance.pepper", "openssl rand -hex 32 makes a good one", "is %d bytes long; a pepper has at least %d", len(p.Reveal()), MinPepperBytes)
	}
	if b := c.doc.Governance.Batches; b != nil {
		c.notNegative("governance.batches.hold_usd", b.HoldUSD, b.HoldUSD < 0)
		if b.Every != 0 && b.Every < minBatchEvery {
			c.fail("governance.batches.every", "leave it out for 2m", "is %v; it is 1s at least", b.Every)
		}
	}
	c.sharedLimits()
	c.oneOf("governance.objects.share", c.doc.Governance.Objects.Share, "key", "team", "customer", "all")
	c.oneOf("governance.objects.unrecorded", c.doc.Governance.Objects.Unrecorded, "hidden", "by_id", "shown")
	c.headerNames("governance.required_headers", c.doc.Governance.RequiredHeaders)
}

func (c *checker) teamNamed() func(path, name string) {
	names := make([]string, len(c.doc.Teams))
	for i := range c.doc.Teams {
		names[i] = c.doc.Teams[i].Name
	}
	return c.declared("team", names)
}

func (c *checker) customerNamed() func(path, name string) {
	names := make([]string, len(c.doc.Customers))
	for i := range c.doc.Customers {
		names[i] = c.doc.Customers[i].Name
	}
	return c.declared("customer", names)
}

// declared returns a check that a name is one of those declared, which warns of each other name once. A
// document that declares none has names for its logs alone, and what a store keeps is not known here.
func (c *checker) declared(what string, names []string) func(path, name string) {
	if len(names) == 0 || c.doc.Store != nil {
		return func(string, string) {}
	}
	known := make(map[string]bool, len(names))
	for _, name := range names {
		known[name] = true
	}
	return func(path, name string) {
		if known[name] {
			return
		}
		known[name] = true // told once
		hint := didYouMean(name, names)
		if hint == "" {
			hint = "add it to " + what + "s"
		}
		c.warn(path, hint, "no %s is named %s: no limit or budget of one holds here", what, quote(name))
	}
}

func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// rates checks the rate limits of one holder.
func (c *checker) rates(path string, list []RateLimit) {
	path = below(path, "rate_limits")
	if len(list) > maxHolderLimits {
		c.fail(path, "", "holds %d limits; there are at most %d", len(list), maxHolderLimits)
		return
	}
	for i := range list {
		c.rate(fmt.Sprintf("%s[%d]", path, i), &list[i])
	}
}

func (c *checker) rate(at string, l *RateLimit) {
	set, units := 0, 0
	for _, n := range []int{l.Requests, l.Tokens, l.Calls, l.Streams} {
		if n != 0 {
			set++
			units = n
		}
	}
	switch {
	case set != 1:
		c.fail(at, "make a limit of each", "sets %d of requests, tokens, calls and streams; a limit is of one of them", set)
	case units < 0 || units > MaxUnits:
		c.fail(at, "", "allows %d; a limit allows 1 to %d", units, int64(MaxUnits))
	case l.Calls+l.Streams != 0 && (l.Per != 0 || l.Burst != 0):
		c.fail(at, "leave per and burst out", "is of what is under way, and that is not counted by the time")
	case l.Per != 0 && (time.Duration(l.Per) < time.Second || time.Duration(l.Per) > 366*24*time.Hour):
		c.fail(at+".per", "", "is %s; a limit is for 1s to a year", l.Per)
	case l.Burst < 0 || l.Burst > 32*units:
		c.fail(at+".burst", "", "is %d; it is from 1 to 32 times the limit", l.Burst)
	}
}

// budget checks the short form of a budget.
func (c *checker) budget(path string, usd *float64) {
	if usd != nil {
		c.amount(path, *usd)
	}
}

func (c *checker) amount(path string, usd float64) {
	switch {
	case usd < 0:
		c.fail(path, "", "cannot be negative (%v)", usd)
	case usd > MaxUSD:
		c.fail(path, "", "is %v; an amount is at most %v dollars", usd, int64(MaxUSD))
	}
}

func (c *checker) budgets(path string, list []Budget) {
	path = below(path, "budgets")
	if len(list) > maxHolderLimits {
		c.fail(path, "", "holds %d budgets; there are at most %d", len(list), maxHolderLimits)
		return
	}
	isNew := c.unique("budget")
	for i := range list {
		b, at := &list[i], fmt.Sprintf("%s[%d]", path, i)
		if b.Name != "" && c.name(at+".name", b.Name, "a budget") {
			isNew(at+".name", b.Name)
		}
		c.amount(at+".usd", b.USD)
		c.span(at, b)
		for j, p := range b.Providers {
			c.provider(fmt.Sprintf("%s.providers[%d]", at, j), p)
		}
		c.modelList(at+".models", b.Models, "counts")
		for j := range b.Overrides {
			o, at := &b.Overrides[j], fmt.Sprintf("%s.overrides[%d]", at, j)
			c.amount(at+".usd", o.USD)
			c.moment(at+".until", o.Until)
			if strings.TrimSpace(o.Reason) == "" {
				c.fail(at+".reason", "say why: it is kept with the change", "an override needs a reason")
			}
		}
	}
}

// span checks the period of a budget.
func (c *checker) span(at string, b *Budget) {
	w, ok := ParseWindow(b.Window)
	if !ok {
		c.fail(at+".window", "write a number and m, h, d, w, M, Q or Y, as 1d or 1M", "%s is no window of time", quote(b.Window))
	}
	c.oneOf(at+".align", b.Align, "rolling", "calendar")
	aligned := b.Align == "calendar" || b.Align == "" && w.Aligns()
	switch {
	case !ok:
	case b.Align == "calendar" && !w.Aligns():
		c.fail(at+".align", "leave it out", "windows shorter than a day do not begin with the calendar")
	case aligned && w.Count != 1:
		c.fail(at+".window", "write align: rolling, or one d, w, M, Q or Y", "%s does not begin with the calendar", quote(b.Window))
	case b.TimeZone != "" && !aligned:
		c.fail(at+".time_zone", "leave it out", "a rolling budget has none")
	}
	if b.TimeZone != "" {
		if _, err := time.LoadLocation(b.TimeZone); err != nil || b.TimeZone == "Local" {
			c.fail(at+".time_zone", "write a name such as Europe/Berlin", "%s is no time zone that this machine knows", quote(b.TimeZone))
		}
	}
}

// operations lists the names of operations that clients can ask of a provider.
var operations = []string{"chat", "completion", "responses", "embeddings", "invoke", "rerank", "count", "pass"}

func (c *checker) prices() {
	p := &c.doc.Prices
	c.oneOf("prices.unknown", p.Unknown, "ceiling", "refuse")
	if p.Unknown == "refuse" && p.Ceiling != nil {
		c.fail("prices.ceiling", "leave it out", "is never charged when unknown models are refused")
	}
	if p.Ceiling != nil {
		c.amount("prices.ceiling.input", p.Ceiling.Input)
		c.amount("prices.ceiling.output", p.Ceiling.Output)
		if p.Ceiling.Input == 0 && p.Ceiling.Output == 0 {
			c.fail("prices.ceiling", "", "is nothing: models without a price would be free")
		}
	}
	if len(p.Files) > maxPriceFiles {
		c.fail("prices.files", "", "names %d files; there are at most %d", len(p.Files), maxPriceFiles)
	}
	for i, f := range p.Files {
		if f == "" {
			c.fail(fmt.Sprintf("prices.files[%d]", i), "", "names no file")
		}
	}
	if len(p.Overrides) > maxPriceChanges {
		c.fail("prices.overrides", "", "holds %d overrides; there are at most %d", len(p.Overrides), maxPriceChanges)
		return
	}
	isNew := c.unique("override")
	for i := range p.Overrides {
		o, at := &p.Overrides[i], fmt.Sprintf("prices.overrides[%d]", i)
		if c.name(at+".name", o.Name, "an override") {
			isNew(at+".name", o.Name)
		}
		c.priceOverride(at, o)
	}
}

func (c *checker) priceOverride(at string, o *PriceOverride) {
	if s := o.Scope; s.Provider != "" {
		c.provider(at+".scope.provider", s.Provider)
	}
	if key := o.Scope.Key; key != "" && c.doc.Store == nil && !slices.ContainsFunc(c.doc.VirtualKeys, func(k VirtualKey) bool { return k.Name == key }) {
		c.fail(at+".scope.key", "", "no virtual key is named %s", quote(key))
	}
	for j, op := range o.Operations {
		if !slices.Contains(operations, op) {
			c.fail(fmt.Sprintf("%s.operations[%d]", at, j), didYouMean(op, operations), "%s is no operation", quote(op))
		}
	}
	if _, err := o.Compile(); err != nil {
		c.fail(at, "", "%v", err)
	}
}

// Compile converts o for core/price.
func (o *PriceOverride) Compile() (*price.Override, error) {
	out := &price.Override{Name: o.Name, Model: o.Model, Scope: price.Scope(o.Scope)}
	for _, op := range o.Operations {
		out.Ops |= 1 << opNamed(op)
	}
	if o.Factor != nil {
		if err := out.Scale(*o.Factor); err != nil {
			return nil, fmt.Errorf("factor %v cannot be: it is above 0 and at most 1000", *o.Factor)
		}
	}
	set := o.Factor != nil
	for _, f := range []struct {
		name, kind string
		usd        *float64
	}{
		{"input", "in", o.Input}, {"output", "out", o.Output}, {"cached_input", "cached", o.CachedInput}, {"cache_write", "written", o.CacheWrite},
		{"reasoning", "thought", o.Reasoning}, {"audio_input", "audio-in", o.AudioInput}, {"audio_output", "audio-out", o.AudioOutput},
		{"image_input", "image-in", o.ImageInput}, {"image_output", "image-out", o.ImageOutput}, {"request", "call", o.Request},
	} {
		if f.usd == nil {
			continue
		}
		set = true
		if err := out.Set(f.kind, *f.usd); err != nil {
			return nil, fmt.Errorf("%s %v %w", f.name, *f.usd, err)
		}
	}
	if !set {
		return nil, fmt.Errorf("override %q changes nothing", o.Name)
	}
	return out, nil
}

// opNamed returns the operation of a name; unknown names were refused before.
func opNamed(name string) core.Op {
	for op := range core.NumOps {
		if op.String() == name {
			return op
		}
	}
	return core.OpPass
}
