package admin

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"asbru/core"
	"asbru/core/build"
	"asbru/core/config"
	"asbru/core/govern"
	"asbru/core/limit"
)

// A budget in Bifrost's shape. The fields after Usage and Begun are not Bifrost's.
type budget struct {
	ID       string   `json:"id,omitempty"`
	MaxLimit *float64 `json:"max_limit"` // US dollars
	Reset    string   `json:"reset_duration"`
	Aligned  *bool    `json:"calendar_aligned,omitempty"` // nil: as the owner says
	Usage    *float64 `json:"current_usage,omitempty"`    // in the window; nil: it is not counted
	Begun    string   `json:"last_reset,omitempty"`       // when the window began; empty: it has not

	Held      *float64                `json:"held,omitempty"`      // by requests under way
	Left      *float64                `json:"remaining,omitempty"` // what can still be held
	Ends      string                  `json:"resets_at,omitempty"`
	Name      string                  `json:"name,omitempty"`
	Zone      string                  `json:"time_zone,omitempty"`
	Providers []string                `json:"providers,omitempty"`
	Models    []string                `json:"models,omitempty"`
	Overrides []config.BudgetOverride `json:"overrides,omitempty"`
}

// budgets returns the views of a holder's budgets. kind and name are those of build.Accounts.
func (h *Handler) budgets(kind, name, id string, list []config.Budget) []budget {
	out := make([]budget, 0, len(list))
	accounts := build.Accounts(kind, name, list)
	for i := range list {
		d := &list[i]
		w, _ := config.ParseWindow(d.Window)
		usd, aligned := d.USD, d.Align == "calendar" || d.Align == "" && w.Aligns()
		b := budget{ID: id + "." + cmp.Or(d.Name, w.String()), MaxLimit: &usd, Reset: w.String(), Aligned: &aligned, Name: d.Name, Zone: d.TimeZone,
			Providers: d.Providers, Models: d.Models, Overrides: d.Overrides}
		h.spent(&b, accounts[i])
		out = append(out, b)
	}
	return out
}

// spent fills in how much of a budget has been used.
func (h *Handler) spent(b *budget, account string) {
	if h.o.Balances == nil {
		return
	}
	x, ok := h.o.Balances.Balance(account, h.o.Now().UnixNano())
	if !ok { // not used yet
		x = govern.Balance{}
	}
	used, held, left := dollars(x.Spent), dollars(x.Held), *b.MaxLimit
	if ok {
		left = dollars(x.Left())
	}
	b.Usage, b.Held, b.Left = &used, &held, &left
	b.Begun, b.Ends = moment(x.Begun), moment(x.Ends)
}

func dollars(m core.Money) float64 { return float64(m) / 1e9 }

// moment formats a time in Unix nanoseconds; empty for 0.
func moment(nanos int64) string {
	if nanos == 0 {
		return ""
	}
	return time.Unix(0, nanos).UTC().Format(time.RFC3339)
}

// budgetsIn converts budgets for a document. aligned is the owner's default for those that do not say.
func budgetsIn(at string, list []budget, aligned bool, before []config.Budget) ([]config.Budget, error) {
	var out []config.Budget
	for i := range list {
		b, at := &list[i], fmt.Sprintf("%s[%d]", at, i)
		w, ok := config.ParseWindow(b.Reset)
		switch {
		case b.MaxLimit == nil:
			return nil, invalid("write US dollars, such as 50", "%s.max_limit is missing", at)
		case b.Reset == "" || !ok:
			return nil, invalid("write a number and m, h, d, w, M, Q or Y, as 1d or 1M", "%s.reset_duration %q is no window of time", at, b.Reset)
		}
		if w.Count != 1 && w.Aligns() && b.Aligned != nil && *b.Aligned {
			return nil, invalid("leave it out, or take one d, w, M, Q or Y", "%s.calendar_aligned is true, and %s does not begin with the calendar", at, w)
		}
		d := config.Budget{Name: b.Name, USD: *b.MaxLimit, Window: w.String(), TimeZone: b.Zone, Providers: b.Providers, Models: b.Models, Overrides: b.Overrides}
		if w.Aligns() {
			d.Align = "rolling"
			if w.Count == 1 && (b.Aligned != nil && *b.Aligned || b.Aligned == nil && aligned) {
				d.Align = "calendar"
			}
		} else if b.Aligned != nil && *b.Aligned {
			return nil, invalid("leave it out", "%s.calendar_aligned is true, and windows shorter than a day do not begin with the calendar", at)
		}
		if d.Overrides == nil { // Bifrost's updates do not include them
			if j := slices.IndexFunc(before, func(o config.Budget) bool { return o.Name == d.Name && o.Window == d.Window }); j >= 0 {
				d.Overrides = before[j].Overrides
			}
		}
		if slices.ContainsFunc(out, func(o config.Budget) bool { return cmp.Or(o.Name, o.Window) == cmp.Or(d.Name, d.Window) }) {
			return nil, invalid("give one of them a name", "%s: there are two budgets for %s", at, d.Window)
		}
		out = append(out, d)
	}
	return out, nil
}

// A rateLimit in Bifrost's shape: of tokens and requests. Calls and streams are not Bifrost's.
type rateLimit struct {
	ID            string `json:"id,omitempty"`
	Tokens        *int64 `json:"token_max_limit"`
	TokensPer     string `json:"token_reset_duration,omitempty"`
	TokensUsed    *int64 `json:"token_current_usage,omitempty"`
	TokensBurst   int64  `json:"token_burst,omitempty"`
	Requests      *int64 `json:"request_max_limit"`
	RequestsPer   string `json:"request_reset_duration,omitempty"`
	RequestsUsed  *int64 `json:"request_current_usage,omitempty"`
	RequestsBurst int64  `json:"request_burst,omitempty"`
	Calls         int64  `json:"calls_max_limit,omitempty"` // under way at once
	CallsUsed     *int64 `json:"calls_current_usage,omitempty"`
	Streams       int64  `json:"streams_max_limit,omitempty"` // under way at once
	StreamsUsed   *int64 `json:"streams_current_usage,omitempty"`
}

// limits returns the views of a holder's limits, named as in core/limit; several of one kind give several views.
func (h *Handler) limits(holder, id string, list []config.RateLimit) []rateLimit {
	var states []core.LimitState
	if s := h.o.Snapshot(); s != nil && s.Bounds != nil {
		states = s.Bounds.Report(holder, core.Clock())
	}
	out := []rateLimit{}
	for i, l := range list {
		var used *int64
		if len(states) == len(list) {
			n := max(states[i].Most-states[i].Left, 0)
			used = &n
		}
		at := slices.IndexFunc(out, func(r rateLimit) bool {
			return !(l.Tokens > 0 && r.Tokens != nil || l.Requests > 0 && r.Requests != nil || l.Calls > 0 && r.Calls > 0 || l.Streams > 0 && r.Streams > 0)
		})
		if at < 0 {
			at = len(out)
			out = append(out, rateLimit{ID: id + ".rate-" + strconv.Itoa(at+1)})
		}
		out[at].add(l, used)
	}
	return out
}

func (r *rateLimit) add(l config.RateLimit, used *int64) {
	most, per := int64(max(l.Tokens, l.Requests)), duration(l.Per.Or(time.Minute))
	switch {
	case l.Tokens > 0:
		r.Tokens, r.TokensPer, r.TokensUsed, r.TokensBurst = &most, per, used, int64(l.Burst)
	case l.Requests > 0:
		r.Requests, r.RequestsPer, r.RequestsUsed, r.RequestsBurst = &most, per, used, int64(l.Burst)
	case l.Calls > 0:
		r.Calls, r.CallsUsed = int64(l.Calls), used
	default:
		r.Streams, r.StreamsUsed = int64(l.Streams), used
	}
}

// limitsIn converts limits for a document.
func limitsIn(at string, list []rateLimit) (out []config.RateLimit, err error) {
	for i := range list {
		r, at := &list[i], fmt.Sprintf("%s[%d]", at, i)
		for _, l := range []struct {
			name  string
			most  *int64
			per   string
			burst int64
			of    func(*config.RateLimit) *int
		}{
			{"request", r.Requests, r.RequestsPer, r.RequestsBurst, func(c *config.RateLimit) *int { return &c.Requests }},
			{"token", r.Tokens, r.TokensPer, r.TokensBurst, func(c *config.RateLimit) *int { return &c.Tokens }},
		} {
			if l.most == nil {
				continue
			}
			per, ok := span(l.per)
			if !ok {
				return nil, invalid("write 30s, 5m, 1h, 1d, 1w, 1M or 1Y", "%s.%s_reset_duration %q is no time", at, l.name, l.per)
			}
			if *l.most < 1 || *l.most > limit.MaxUnits {
				return nil, invalid("disable the key to let nothing through, leave the limit out to let all through", "%s.%s_max_limit is %d; a limit is at least 1 and at most %d", at, l.name, *l.most, int64(limit.MaxUnits))
			}
			c := config.RateLimit{Per: config.Duration(per), Burst: int(l.burst)}
			*l.of(&c) = int(*l.most)
			out = append(out, c)
		}
		if r.Calls != 0 {
			out = append(out, config.RateLimit{Calls: int(r.Calls)})
		}
		if r.Streams != 0 {
			out = append(out, config.RateLimit{Streams: int(r.Streams)})
		}
	}
	return out, nil
}

// units are Bifrost's units of time, the largest first. A month has 30 days and a year 365.
var units = []struct {
	letter byte
	long   time.Duration
}{{'Y', 365 * 24 * time.Hour}, {'M', 30 * 24 * time.Hour}, {'w', 7 * 24 * time.Hour}, {'d', 24 * time.Hour}, {'h', time.Hour}, {'m', time.Minute}, {'s', time.Second}}

// span parses 30s, 5m, 1h, 1d, 1w, 1M, 1Q and 1Y.
func span(text string) (time.Duration, bool) {
	if len(text) < 2 {
		return 0, false
	}
	n, err := strconv.Atoi(text[:len(text)-1])
	letter := text[len(text)-1]
	if letter == 'Q' {
		n, letter = 3*n, 'M'
	}
	for _, u := range units {
		if u.letter == letter && err == nil && n > 0 && n <= int(366*24*time.Hour/u.long) {
			return time.Duration(n) * u.long, true
		}
	}
	return 0, false
}

// duration formats a time for span, or in Go's notation if span has none for it.
func duration(d time.Duration) string {
	for _, u := range units {
		if u.letter != 'M' && u.letter != 'Y' && d%u.long == 0 || u.letter == 'Y' && d == u.long || u.letter == 'M' && d == u.long {
			return strconv.Itoa(int(d/u.long)) + string(u.letter)
		}
	}
	return d.String()
}
