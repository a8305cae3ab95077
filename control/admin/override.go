package admin

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"

	"asbru/control/store"
	"asbru/core/build"
	"asbru/core/config"
	"asbru/core/govern"
)

// An addition is a requested increase of a budget; the zero value withdraws the previous one.
type addition struct {
	Amount *float64 `json:"amount"` // US dollars; nil: none
	Mode   string   `json:"mode"`   // forever, or cycles; "" is forever
	Cycles int      `json:"cycles"` // windows that it is good for, the current one included
	Reason string   `json:"reason"`
}

func (a *addition) check() error {
	switch {
	case a.Amount == nil:
		return invalid("write US dollars that are added", "amount is missing")
	case a.Mode != "forever" && a.Mode != "cycles" && a.Mode != "":
		return invalid("", "mode is %q; it is cycles or forever", a.Mode)
	case a.Mode != "cycles" && a.Cycles != 0:
		return invalid("write mode cycles", "cycles is %d, and the mode is to add the amount forever", a.Cycles)
	case a.Mode == "cycles" && (a.Cycles < 1 || a.Cycles > 1000):
		return invalid("", "cycles is %d; it is 1 to 1000", a.Cycles)
	}
	return nil
}

// override increases a holder's budget for a while, or withdraws that.
func (h *Handler) override(c *call) error {
	e, err := h.named(c)
	if err != nil {
		return err
	}
	if e.object == nil && e.path != "" {
		return h.inFile(c.kind, e)
	}
	if e.object == nil {
		return missing("%s %q has no budget", c.kind.word, e.name)
	}
	c.did = "override"
	var ask addition
	if c.r.Method == http.MethodPut {
		if err := c.read(&ask); err != nil {
			return err
		}
		if err := ask.check(); err != nil {
			return err
		}
	}
	var kept *store.Object
	if err := h.change(c, func(edit *store.Edit) error {
		o := edit.Find(e.object.Kind, e.object.ID)
		if o == nil {
			return missing("there is no %s with the id %q any more", c.kind.word, e.id)
		}
		value, list := withBudgets(o.Value)
		b := budgetOf(o, *list, c.rest[2])
		if b == nil {
			return missing("%s %q has no budget %q", c.kind.word, o.Name, c.rest[2])
		}
		b.Overrides = nil
		if ask.Amount != nil {
			x := config.BudgetOverride{USD: *ask.Amount, Reason: cmp.Or(ask.Reason, "by admin "+c.from())}
			if ask.Mode == "cycles" {
				x.Until = config.Moment(h.until(b, holder(o), ask.Cycles).UTC().Format(time.RFC3339))
			}
			b.Overrides = []config.BudgetOverride{x}
		}
		kept, err = edit.Put(o.Kind, o.ID, o.Name, value)
		return err
	}); err != nil {
		return err
	}
	did := "removed"
	if ask.Amount != nil {
		did = "set to " + strconv.FormatFloat(*ask.Amount, 'f', -1, 64) + " dollars"
	}
	send(c.w, http.StatusOK, map[string]any{"message": "Budget override " + did + " successfully",
		c.kind.one: c.kind.view(h, entry{kind: kept.Kind, id: kept.ID, name: kept.Name, value: kept.Value, object: kept})})
	return nil
}

// budgetOf finds a budget of o in list by its name, alone or prefixed by that of o; nil: there is none.
func budgetOf(o *store.Object, list []config.Budget, asked string) *config.Budget {
	at := slices.IndexFunc(list, func(b config.Budget) bool {
		w, _ := config.ParseWindow(b.Window)
		name := cmp.Or(b.Name, w.String())
		return asked == name || asked == o.ID+"."+name || asked == o.Name+"."+name
	})
	if at < 0 {
		return nil
	}
	return &list[at]
}

// withBudgets returns a copy of a value whose budgets may be changed.
func withBudgets(value any) (any, *[]config.Budget) {
	switch v := value.(type) {
	case *config.VirtualKey:
		return editable(v, func(v *config.VirtualKey) *[]config.Budget { return &v.Budgets })
	case *config.Team:
		return editable(v, func(v *config.Team) *[]config.Budget { return &v.Budgets })
	case *config.Customer:
		return editable(v, func(v *config.Customer) *[]config.Budget { return &v.Budgets })
	case *config.KeptProvider:
		return editable(v, func(v *config.KeptProvider) *[]config.Budget { return &v.Budgets })
	case *config.KeptModel:
		return editable(v, func(v *config.KeptModel) *[]config.Budget { return &v.Budgets })
	}
	return value, new([]config.Budget)
}

// editable returns a copy of v with a copy of one of its lists.
func editable[T, E any](v *T, list func(*T) *[]E) (any, *[]E) {
	out := *v
	l := list(&out)
	*l = slices.Clone(*l)
	return &out, l
}

// holder returns whose budgets an object has, as build.Accounts calls them.
func holder(o *store.Object) (of [2]string) {
	switch v := o.Value.(type) {
	case *config.VirtualKey:
		return [2]string{"key", v.Name}
	case *config.KeptModel:
		if v.Key != "" {
			return [2]string{"key", v.Key}
		}
		return [2]string{"everybody", ""}
	}
	return [2]string{string(o.Kind), o.Name} // teams, customers, providers
}

// until returns the end of the given number of windows of a holder's budget, including the current one. A window that
// begins with its first use and has not begun is assumed to begin now.
func (h *Handler) until(b *config.Budget, of [2]string, cycles int) time.Time {
	now := h.o.Now()
	if h.o.Balances != nil {
		x, _ := h.o.Balances.Balance(build.Accounts(of[0], of[1], []config.Budget{*b})[0], now.UnixNano())
		if x.Ends > now.UnixNano() {
			return until(b, time.Unix(0, x.Ends), cycles-1)
		}
	}
	return until(b, now, cycles)
}

// until returns the end of the given number of windows of a budget, including the one that now lies in.
func until(b *config.Budget, now time.Time, cycles int) time.Time {
	w, _ := config.ParseWindow(b.Window)
	in := govern.Window{Count: w.Count, Unit: w.Unit, Calendar: b.Align == "calendar" || b.Align == "" && w.Aligns()}
	if zone, err := time.LoadLocation(b.TimeZone); err == nil { // "" is UTC
		in.Zone = zone
	}
	at := in.Begin(now.UnixNano())
	for range cycles {
		at = in.End(at)
	}
	return time.Unix(at, 0)
}
