package importer

import (
	"slices"
	"strconv"
	"time"

	"asbru/core/config"
)

// A purse is a budget or a rate limit of the file. Either it names its owner, or its owner names it.
type purse struct {
	field
	id    string
	taken bool
}

// owners are the fields in which a budget names its owner.
var owners = []string{"virtual_key_id", "provider_config_id", "model_config_id", "customer_id", "team_id", "provider_id"}

// money collects budgets and rate limits, to be imported with their owners.
func (b *bifrost) money(f field) {
	for _, o := range f.at("budgets").items() {
		b.budgetList = append(b.budgetList, &purse{field: o, id: o.at("id").text()})
	}
	for _, o := range f.at("rate_limits").items() {
		b.rateList = append(b.rateList, &purse{field: o, id: o.at("id").text()})
	}
}

// unowned reports those without an owner.
func (b *bifrost) unowned() {
	for _, p := range slices.Concat(b.budgetList, b.rateList) {
		if !p.taken {
			p.leave("nobody in the file has it")
		}
	}
}

// budgets imports the budgets of f: those that are inline, those it names by id, and those that name it as owner.
func (b *bifrost) budgets(f field, owner, id string) (all []config.Budget) {
	aligned := f.at("calendar_aligned").on()
	add := func(o field, taken *bool) {
		*taken = true
		if x, ok := b.budget(o, aligned); ok {
			for slices.ContainsFunc(all, func(y config.Budget) bool { return y.Name == x.Name }) {
				x.Name += "x"
			}
			all = append(all, x)
		}
	}
	inline := false
	for _, o := range f.at("budgets").items() {
		add(o, &inline)
	}
	refs := []field{f.at("budget_id")}
	if ids := f.at("budget_ids"); ids.there() {
		refs = append(refs, ids.items()...)
	}
	for _, ref := range refs {
		at := slices.IndexFunc(b.budgetList, func(p *purse) bool { return p.id != "" && p.id == ref.text() })
		switch {
		case !ref.there():
		case at < 0:
			ref.leave("there is no budget with that id in the file")
		case b.budgetList[at].taken:
			ref.leave("somebody else has that budget already, and budgets are not shared")
		default:
			add(b.budgetList[at].field, &b.budgetList[at].taken)
		}
	}
	for _, p := range b.budgetList {
		if p.v.Form == config.Object && !p.taken && id != "" && p.at(owner).text() == id {
			add(p.field, &p.taken)
		}
	}
	return all
}

// budget imports one budget.
func (b *bifrost) budget(f field, aligned bool) (x config.Budget, ok bool) {
	if !f.object() {
		return x, false
	}
	for _, name := range append([]string{"id"}, owners...) {
		f.at(name)
	}
	aligned = f.at("calendar_aligned").on() || aligned
	usd := f.amount(f.at("max_limit"))
	x.Name, x.USD, x.Window = b.budgetName(f.at("id").text()), usd, b.window(f.at("reset_duration"))
	if w, ok := config.ParseWindow(x.Window); ok && w.Aligns() {
		x.Align = "rolling"
		if aligned && w.Count == 1 {
			x.Align = "calendar"
		} else if aligned {
			f.partly("begins anew %s after its first use: only one day, week, month, quarter or year begins with the calendar", x.Window)
		}
	} else if aligned {
		f.partly("begins anew %s after its first use: a time shorter than a day has no place in the calendar", x.Window)
	}
	f.leaveAll([]left{{"current_usage", "what was spent is not taken over: it begins at nothing"}, {"last_reset", "it begins with its first use here"},
		{"reset_config", "quarters begin in January, April, July and October"}})
	return x, true
}

// amount reads the dollars of the budget f. One that cannot be used is none: left out, the budget would let everything through.
func (f field) amount(most field) float64 {
	usd, ok := most.number()
	switch {
	case !ok:
		f.partly("lets nothing through that costs anything: it has no amount (max_limit) that can be used")
	case usd > config.MaxUSD:
		most.partly("is cut to %d dollars, the most there is here", int64(config.MaxUSD))
		usd = config.MaxUSD
	}
	return usd
}

// budgetName makes a valid name from an id.
func (b *bifrost) budgetName(id string) string {
	if id == "" {
		return ""
	}
	return b.called("budget", id, field{b.run, nil})
}

// window converts the period of a budget to our notation.
func (b *bifrost) window(f field) string {
	text := f.text()
	if _, ok := config.ParseWindow(text); ok {
		return text
	}
	d, ok := span(text)
	if !ok {
		f.leave("it is no time that is known: a month is taken")
		return "1M"
	}
	minutes := max(1, int((d+time.Minute-1)/time.Minute))
	f.partly("is %s here: budgets are for whole minutes", strconv.Itoa(minutes)+"m")
	return strconv.Itoa(minutes) + "m"
}
