package importer

import (
	"slices"
	"strconv"
	"time"

	"asbru/core/config"
)

// span parses 30s, 5m, 1h, 1d, 1w, 1M, 1Q and 1Y; a month has 30 days, a year 365.
func span(text string) (time.Duration, bool) {
	if text == "" {
		return 0, false
	}
	n, err := strconv.Atoi(text[:len(text)-1])
	unit := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': day, 'w': 7 * day, 'M': 30 * day, 'Q': 91 * day, 'Y': 365 * day}[text[len(text)-1]]
	if err != nil || n <= 0 || unit == 0 || n > int(maxWait/unit) {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

const day = 24 * time.Hour

// rates returns the limits behind an id: of requests and of tokens. shut: one of them is of nothing, so its owner may do
// nothing; our limits cannot say that.
func (b *bifrost) rates(ref field) (all []config.RateLimit, shut bool) {
	id := ref.text()
	if id == "" {
		return nil, false
	}
	at := slices.IndexFunc(b.rateList, func(p *purse) bool { return p.id == id })
	if at < 0 {
		ref.leave("there is no rate limit with that id in the file")
		return nil, false
	}
	p := b.rateList[at]
	first := !p.taken
	p.taken = true
	for _, kind := range []string{"request", "token"} {
		limit := p.at(kind + "_max_limit")
		most, ok := limit.count(config.MaxUnits)
		per := p.at(kind + "_reset_duration")
		d, good := span(per.text())
		for _, usage := range []string{"_current_usage", "_last_reset"} {
			if first {
				p.at(kind + usage).leave("what was used is not taken over")
			}
		}
		switch {
		case !limit.there():
			continue
		case !ok || most == 0: // left out, it would let everything through
			shut = true
			continue
		case !good:
			per.leave("it is no time that is known: a minute is taken")
			d = time.Minute
		case d > 366*day:
			per.partly("is a year here, the longest time of a limit")
			d = 365 * day
		}
		l := config.RateLimit{Requests: most, Per: config.Duration(d)}
		if kind == "token" {
			l.Requests, l.Tokens = 0, most
		}
		all = append(all, l)
	}
	return all, shut
}

// parts returns our providers for one of Bifrost's.
func (b *bifrost) parts(name string) []string {
	if p := b.split[name]; len(p) > 0 {
		return p
	}
	if p := b.provider[name]; p != "" {
		return []string{p}
	}
	return nil
}
