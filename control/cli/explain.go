package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"asbru/adapters/dialect/openai"
	"asbru/core"
	"asbru/core/config"
)

// Explain is the command that prints what a configuration compiles to.
func Explain(t Tools) Command {
	return Command{
		Name:    "explain",
		Summary: "show where a request would go, and what it passes on the way",
		Usage:   "[flags] FILE",
		Help: "Compiles the file as serve would, sends nothing, and prints who is calling, where the model name leads (targets in the order they are tried, keys by name) and the steps of the plan, each with the place in the configuration it comes from.\n" +
			"Without --model it lists every name that a client can ask for.",
		Example: t.App.Name + " explain asbru.yaml\n" + t.App.Name + " explain --key tenant-12 --model fast-cheap asbru.yaml",
		New: func(fs *flag.FlagSet) Run {
			q := question{app: t.App}
			fs.StringVar(&q.key, "key", "", "`name` of a virtual key (not the key itself); empty: a caller without one")
			fs.StringVar(&q.model, "model", "", "model `name` as a client sends it: an alias, provider/model or a bare name")
			fs.StringVar(&q.op, "op", core.OpChat.String(), "`operation`: "+strings.Join(opNames(), ", "))
			fs.Func("header", "`NAME: VALUE` of the request, for rules that ask for it; may be given several times", q.head.add)
			fs.StringVar(&q.head.query, "query", "", "query `string` of the request, such as region=eu, for rules that ask for a parameter")
			fs.BoolVar(&q.stream, "stream", false, "the request asks for a stream")
			return func(args []string, stdout, stderr io.Writer) int {
				path, wrong := t.file(args)
				if wrong != "" {
					return t.App.Wrong(stderr, "explain", wrong)
				}
				op := slices.Index(opNames(), q.op)
				if op < 0 {
					return t.App.Wrong(stderr, "explain", fmt.Sprintf("there is no operation %q; there are %s", q.op, strings.Join(opNames(), ", ")))
				}
				_, snap, problems, err := t.load(path)
				if err != nil {
					t.App.print(stderr, problems)
					return t.App.refuse(stderr, path, problems, err)
				}
				if snap == nil {
					fmt.Fprintf(stderr, "%s explain: this program cannot compile a configuration\n", t.App.Name)
					return Problem
				}
				q.snap, q.number = snap, core.Op(op)
				q.w, q.p = stdout, t.App.paint(stdout)
				return q.answer(stderr)
			}
		},
	}
}

func opNames() []string {
	names := make([]string, core.NumOps)
	for op := range core.NumOps {
		names[op] = op.String()
	}
	return names
}

// A question is what explain is asked, and where the answer goes.
type question struct {
	app            *App
	key, model, op string
	snap           *core.Snapshot
	number         core.Op
	head           head
	stream         bool
	w              io.Writer
	p              palette
}

// A head is that of the request that is asked about: a core.Head.
type head struct {
	fields map[string]string
	query  string
}

func (h *head) add(line string) error {
	name, value, ok := strings.Cut(line, ":")
	if name = strings.ToLower(strings.TrimSpace(name)); name == "" || !ok {
		return errors.New("write NAME: VALUE")
	}
	if h.fields == nil {
		h.fields = map[string]string{}
	}
	if _, have := h.fields[name]; !have {
		h.fields[name] = strings.TrimSpace(value)
	}
	return nil
}

// Field finds a field by its name in lower case.
func (h *head) Field(name string) ([]byte, bool) {
	v, ok := h.fields[name]
	return []byte(v), ok
}

// Query is the query string.
func (h *head) Query() []byte { return []byte(h.query) }

// answer prints what the Snapshot says and returns an exit code. A model that
// nobody serves is a Problem; so is a key that nobody has.
func (q *question) answer(stderr io.Writer) int {
	caller := q.caller(stderr)
	if caller == nil {
		return Problem
	}
	if q.model == "" {
		q.list()
		q.plan(caller)
		return OK
	}
	route, sent := caller.Lead(q.snap, []byte(q.model))
	if route == nil {
		fmt.Fprintf(stderr, "%s explain: nobody serves %q\n", q.app.Name, q.model)
		if hint := hintFor(q.model, slices.Collect(maps.Keys(q.snap.Models))); hint != "" {
			fmt.Fprintf(stderr, "  %s\n", hint)
		}
		return Problem
	}
	q.line("model", fmt.Sprintf("%s → route %s", q.model, q.p.bold(route.Name)))
	x, verdict := q.admit(caller, route, sent)
	if x.Rule != "" {
		q.line("rule", fmt.Sprintf("%s → route %s", q.p.bold(x.Rule), q.p.bold(x.Route.Name)))
	}
	q.route(x, string(x.Name))
	q.plan(caller)
	return q.verdict(x, verdict)
}

func (q *question) line(name, text string) {
	fmt.Fprintf(q.w, "%s  %s\n", q.p.head(fmt.Sprintf("%-8s", name)), text)
}

// caller finds who asks; nil when nobody may.
func (q *question) caller(stderr io.Writer) *core.VirtualKey {
	if q.key == "" {
		if q.snap.Anonymous == nil {
			fmt.Fprintf(stderr, "%s explain: a caller without a key is refused; say who calls with --key NAME\n", q.app.Name)
			return nil
		}
		q.line("caller", "anonymous (no key is asked for)")
		return q.snap.Anonymous
	}
	var names []string
	for _, k := range q.snap.Keys {
		if k.Name == q.key && !k.Old {
			policy := ""
			if k.Policy != nil && k.Policy.Name != "" {
				policy = ", policy " + k.Policy.Name
			}
			if k.Urgency != core.Interactive {
				policy += ", lane " + k.Urgency.String()
			}
			q.line("caller", q.p.bold(k.Name)+policy)
			if bar := k.Barred(time.Now().Unix()); bar != nil {
				q.line("", q.p.bad("refused with 403: "+bar.Message))
			}
			q.limits(k)
			return k
		}
		names = append(names, k.Name)
	}
	fmt.Fprintf(stderr, "%s explain: no virtual key is named %q\n", q.app.Name, q.key)
	if near := config.Near(q.key, names); near != "" {
		fmt.Fprintf(stderr, "  did you mean %s?\n", near)
	}
	return nil
}

// list prints every name a client can ask for.
func (q *question) list() {
	row := func(name string, r *core.Route) {
		if r == nil {
			q.line("", fmt.Sprintf("%-28s → nobody: several providers serve it", name))
			return
		}
		var to []string
		for _, t := range r.Targets {
			to = append(to, t.Name)
		}
		q.line("", fmt.Sprintf("%-28s → %s", name, strings.Join(to, ", then ")))
	}
	q.line("models", fmt.Sprintf("%s by name", count(len(q.snap.Models), "model")))
	for _, name := range slices.Sorted(maps.Keys(q.snap.Models)) {
		row(name, q.snap.Models[name])
	}
	for _, name := range slices.Sorted(maps.Keys(q.snap.Providers)) {
		row(name+"/*", q.snap.Providers[name])
	}
	if q.snap.Only != nil {
		row("any other name", q.snap.Only)
	}
	q.serves()
}

// serves prints the bare names that need no prefix, a provider at a time.
func (q *question) serves() {
	var order []*core.Route
	names := map[*core.Route][]string{}
	for _, p := range q.snap.Serves {
		if names[p.Route] == nil {
			order = append(order, p.Route)
		}
		names[p.Route] = append(names[p.Route], p.Text+"*")
	}
	for _, r := range order {
		slices.Sort(names[r])
		q.line("", "bare names → "+r.Name)
		fmt.Fprintln(q.w, fold(strings.Join(names[r], " "), "            ", helpWidth))
	}
}

// route prints the targets in the order they are tried.
func (q *question) route(x *core.Exchange, sent string) {
	r := x.Route
	q.strategy(r)
	q.care(r)
	for i, t := range r.Targets {
		model := t.Model
		if model == "" {
			model = sent
		}
		q.line(fmt.Sprintf("target %d", i+1), fmt.Sprintf("%s, model %s", q.p.bold(t.Name), model))
		path := ""
		if f, as := t.Face(openai.API, q.number, []byte(model)); f != nil {
			path = string(f.AppendPath(nil, as, false, []byte(model)))
		}
		switch {
		case path == "":
			q.line("", q.p.warn("cannot do "+q.op+": it is skipped"))
		case q.number == core.OpPass:
			q.line("", "sent to "+t.Host+path+"/…")
		default:
			q.line("", "sent to "+t.Host+path)
		}
		if via := q.via(t); via != "" {
			q.line("", q.p.warn("rehearsed: "+via+" stands in its place"))
		}
		if p := x.Key.Policy; p != nil && p.Serves != nil && !p.Serves(t, nil, []byte(model)) {
			q.line("", q.p.warn("may not serve this key: it is skipped"))
		}
		q.price(x, t, model)
		q.line("", "waits: "+waits(t.Waits))
		if t.Gate != nil {
			q.line("", "bound: "+bound(t.Gate.Gauges()))
		}
		q.keys(t, model)
	}
}

// via is what stands in the place of a target's provider; empty: nothing does.
func (q *question) via(t *core.Target) string {
	for e, pool := range q.snap.Pools {
		if pool != nil && pool == t.Pool {
			return e.Via
		}
	}
	return ""
}

// price prints what the target charges now.
func (q *question) price(x *core.Exchange, t *core.Target, model string) {
	if t.Price == nil {
		return
	}
	p := t.Price(x, nil, []byte(model))
	if p == nil {
		q.line("", q.p.warn("costs nobody knows what: callers with a budget are refused"))
		return
	}
	p = p.At(time.Now().Unix())
	from := p.From
	if p.Model != from { // the ceiling has no row
		from += " (" + p.Model + ")"
	}
	q.line("", fmt.Sprintf("costs %v in and %v out a million tokens, by %s", p.In, p.Out, from))
}

// limits prints how fast the caller may be, as a process that has just begun knows it.
func (q *question) limits(k *core.VirtualKey) {
	if k.Limiter == nil {
		return
	}
	for _, l := range k.Limiter.Report(core.Clock()) {
		per := "at once"
		if l.Per > 0 {
			per = "in " + time.Duration(l.Per).String()
		}
		q.line("", fmt.Sprintf("limit of %s: %d %s %s", l.Holder, l.Most, l.Kind, per))
	}
}

// care prints what the route does besides failing over.
func (q *question) care(r *core.Route) {
	if r.Care == nil {
		return
	}
	if h := r.Care.Hedge; h != nil {
		q.line("hedge", "another target is asked too "+h.Say)
	}
	if s := r.Care.Shadow; s != nil {
		q.line("shadow", s.Say)
	}
	if r.Care.Rescue {
		q.line("rescue", "a stream that breaks off in its text is continued by the next target")
	}
}

func waits(w core.Waits) string {
	return fmt.Sprintf("connect %s, head %s, first content %s, stall %s, all in all %s", w.Connect.Round(time.Millisecond), w.Header.Round(time.Millisecond),
		w.First.Round(time.Millisecond), w.Stall.Round(time.Millisecond), w.Total.Round(time.Millisecond))
}

// bound says how many requests a target may have under way, as a process that has just
// begun knows it.
func bound(g core.GateGauges) string {
	under := fmt.Sprintf("%d under way", g.Limit)
	if g.Least < g.Most {
		under += fmt.Sprintf(" at first, then what it bears from %d to %d", g.Least, g.Most)
	}
	if g.Queue == 0 {
		return under + "; nobody waits"
	}
	return under + fmt.Sprintf("; %d may wait for %s; batch has %g %% of the turns", g.Queue, time.Duration(g.Wait), g.BatchShare*100)
}

// strategy says how the targets are chosen among, how each is doing as a process that
// has just begun knows it, and which one a request would go to.
func (q *question) strategy(r *core.Route) {
	plan := &r.Plan
	if plan.Say == nil {
		return
	}
	switch {
	case plan.Balanced > 1:
		q.line("strategy", fmt.Sprintf("%s over targets 1 to %d, then in order", q.p.bold(plan.Strategy), plan.Balanced))
	default:
		q.line("strategy", "in order")
	}
	for _, c := range plan.Say() {
		name := c.Target.Name
		if c.Key != nil {
			name += " with key " + c.Key.Name
		}
		text := name + ": " + c.State
		if c.Why != "" {
			text += fmt.Sprintf(" for %s (%s)", c.Rest.Round(time.Second), c.Why)
		}
		if c.Reason != "" {
			text += ", " + c.Reason
		}
		if c.Next {
			text += "; " + q.p.good("chosen: "+why(plan))
		}
		q.line("", text)
	}
}

// why tells what makes a strategy choose.
func why(p *core.RoutePlan) string {
	switch p.Strategy {
	case "weighted", "adaptive":
		return "it has the largest share"
	case "round-robin":
		return "it is the first in turn"
	case "least-in-flight":
		return "it has least to do"
	case "least-latency", "least-ttft":
		return "it costs least, as far as is known"
	case "cheapest":
		return "it has the lowest price"
	case "fastest":
		return "it has the most tokens a second, as far as is known"
	}
	return "it is the first that may be asked"
}

// keys prints a target's keys by name, with the share each has of this model.
func (q *question) keys(t *core.Target, model string) {
	usable := func(k *core.ProviderKey) bool { return k.Weight > 0 && (k.Models == nil || k.Models[model]) }
	sum := 0
	for _, k := range t.Keys {
		if usable(k) {
			sum += k.Weight
		}
	}
	if len(t.Keys) == 0 {
		q.line("", "no key is sent")
	}
	for _, k := range t.Keys {
		switch {
		case k.Weight == 0:
			q.line("", "key "+k.Name+": "+q.p.dim("disabled, weight 0"))
		case !usable(k):
			q.line("", "key "+k.Name+": "+q.p.dim("not for "+model))
		default:
			q.line("", fmt.Sprintf("key %s: weight %d, %.0f%% of requests", k.Name, k.Weight, 100*float64(k.Weight)/float64(sum)))
		}
	}
}

// plan prints the steps a request passes.
func (q *question) plan(caller *core.VirtualKey) {
	steps := planOf(caller, q.number).Steps
	if len(steps) == 0 {
		q.line("plan", q.op+": no steps, bytes go straight through")
		return
	}
	q.line("plan", fmt.Sprintf("%s: %s", q.op, count(len(steps), "step")))
	for _, s := range steps {
		from := ""
		if s.From != "" {
			from = q.p.dim("  from " + s.From)
		}
		q.line("", fmt.Sprintf("%-7s %-10s%s", s.Point, s.Name, from))
		for line := range strings.Lines(s.Say) {
			q.line("", "          "+strings.TrimSuffix(line, "\n"))
		}
	}
}

func planOf(k *core.VirtualKey, op core.Op) *core.Plan {
	if k.Policy == nil {
		return &core.Plan{}
	}
	return &k.Policy.Plans[op]
}

// admit runs the first part of the plan, which decides without a body and
// sends nothing. Rules that draw by weight draw once.
func (q *question) admit(caller *core.VirtualKey, route *core.Route, sent []byte) (*core.Exchange, core.Verdict) {
	plan := planOf(caller, q.number)
	x := &core.Exchange{Snap: q.snap, Key: caller, Route: route, Plan: plan, Op: q.number, From: openai.API, Name: sent, Head: &q.head}
	x.Peek.Model, x.Peek.Stream = []byte(q.model), q.stream
	return x, core.Run(x, plan.Admit)
}

// verdict tells what became of the request.
func (q *question) verdict(x *core.Exchange, v core.Verdict) int {
	if v == core.Refuse && x.Fault != nil {
		q.line("verdict", q.p.bad(fmt.Sprintf("refused with %d: %s", x.Fault.Code.Status(), x.Fault.Message)))
		if x.Fault.Hint != "" {
			q.line("", "hint: "+x.Fault.Hint)
		}
		return Problem
	}
	q.line("verdict", q.p.good("admitted"))
	return OK
}
