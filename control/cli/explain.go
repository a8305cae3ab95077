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
		Summary: "show where a request would go, and which steps it passes",
		Usage:   "[flags] FILE",
		Help: "Compiles the file as serve would, sends nothing, and prints the caller, the targets of the model name in the order in which they are tried, with their keys by name, and the steps of the plan, each with its position in the configuration.\n" +
			"Without --model it lists every name that a client can ask for.",
		Example: t.App.Name + " explain asbru.yaml\n" + t.App.Name + " explain --key tenant-12 --model fast-cheap asbru.yaml",
		New: func(fs *flag.FlagSet) Run {
			q := question{app: t.App}
			fs.StringVar(&q.key, "key", "", "`name` of a virtual key (not the key itself); empty: a caller without one")
			fs.StringVar(&q.model, "model", "", "model `name` as a client sends it: an alias, provider/model or a bare name")
			fs.StringVar(&q.op, "op", core.OpChat.String(), "`operation`: "+strings.Join(opNames(), ", "))
			fs.Func("header", "`NAME: VALUE` of the request, for rules that test it; may be repeated", q.head.add)
			fs.StringVar(&q.head.query, "query", "", "query `string` of the request, such as region=eu, for rules that test a parameter")
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

// A question is what explain was asked, and where the answer is written.
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

// A head is the head of the request in question: a core.Head.
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

// Field returns a field by its name in lower case.
func (h *head) Field(name string) ([]byte, bool) {
	v, ok := h.fields[name]
	return []byte(v), ok
}

// Query returns the query string.
func (h *head) Query() []byte { return []byte(h.query) }

// answer prints what the Snapshot says and returns an exit code. An unknown model or key is a
// Problem.
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
		fmt.Fprintf(stderr, "%s explain: no provider serves %q\n", q.app.Name, q.model)
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

// caller finds the virtual key; nil if the caller is refused.
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

// list prints every name that a client can ask for.
func (q *question) list() {
	row := func(name string, r *core.Route) {
		if r == nil {
			q.line("", fmt.Sprintf("%-28s → none: several providers serve it", name))
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

// serves prints the bare names that need no prefix, by provider.
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

// limits prints the caller's rate limits, as in a process that has just started.
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

// plan prints the stages that a request passes.
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

// verdict prints the outcome for the request.
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
