package loadgen

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"
)

// options are the settings of the command line, checked by settle.
type options struct {
	targets     []named // in order; --direct is among them
	pids        []named
	keys        perTarget
	models      perTarget
	headers     []string
	method      string
	path        string
	bodyFile    string
	distinct    bool
	requestSize int
	stream      bool

	rate     float64
	poisson  bool
	seed     uint64
	max      bool
	hold     int
	conns    int
	lanes    int
	duration time.Duration
	window   time.Duration
	rounds   int
	warmup   time.Duration
	timeout  time.Duration
	drain    time.Duration

	foreign  float64 // percent
	forgive  float64 // percent of requests that may fail
	pidTree  bool
	jsonFile string
	svgFile  string
	gateFile string
	own      bool
	portable bool
}

// named is an option of the form NAME=VALUE.
type named struct{ name, value string }

// perTarget is an option that may be given for all targets or for one by name.
type perTarget []named

// of returns the value for a target: its own, or the one for all.
func (p perTarget) of(name string) (value string) {
	for _, n := range p {
		if n.name == name {
			return n.value
		}
		if n.name == "" {
			value = n.value
		}
	}
	return value
}

// errHelp says that the user asked for help, which was printed.
var errHelp = errors.New("help was asked for")

// parse reads the command line and checks it.
func parse(args []string, stdout io.Writer) (*options, error) {
	o := &options{}
	fs := flag.NewFlagSet("loadgen", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	o.define(fs)
	if err := fs.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(stdout, help())
			return nil, errHelp
		}
		return nil, fmt.Errorf("%s; see asbru loadgen --help", strings.Replace(err.Error(), " -", " --", 1)) // flags are written with two here
	}
	for i, arg := range fs.Args() {
		name := "target"
		if i > 0 {
			name = fmt.Sprintf("target%d", i+1)
		}
		o.targets = append(o.targets, named{name, arg})
	}
	given := make(map[string]bool)
	fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
	return o, o.settle(given)
}

func (o *options) define(fs *flag.FlagSet) {
	pair := func(to *[]named, what string) func(string) error {
		return func(s string) error {
			name, value, ok := strings.Cut(s, "=")
			if !ok || !wellNamed(name) || value == "" {
				return fmt.Errorf("write NAME=%s; a name is letters, digits, - and _", what)
			}
			*to = append(*to, named{name, value})
			return nil
		}
	}
	fs.Func("target", "", pair(&o.targets, "http://HOST:PORT"))
	fs.Func("direct", "", func(s string) error { o.targets = append(o.targets, named{directName, s}); return nil })
	fs.Func("pid", "", pair(&o.pids, "PID"))
	fs.Func("key", "", o.keys.set)
	fs.Func("model", "", o.models.set)
	fs.Func("header", "", func(s string) error { o.headers = append(o.headers, s); return header(s) })
	fs.StringVar(&o.method, "method", "POST", "")
	fs.StringVar(&o.path, "path", "/v1/chat/completions", "")
	fs.StringVar(&o.bodyFile, "body-file", "", "")
	fs.IntVar(&o.requestSize, "request-bytes", 0, "")
	fs.BoolVar(&o.distinct, "distinct", false, "")
	fs.BoolVar(&o.stream, "stream", false, "")
	fs.Float64Var(&o.rate, "rate", 1000, "")
	fs.BoolVar(&o.poisson, "poisson", false, "")
	fs.Uint64Var(&o.seed, "seed", 1, "")
	fs.BoolVar(&o.max, "max", false, "")
	fs.IntVar(&o.hold, "hold", 0, "")
	fs.IntVar(&o.conns, "conns", 0, "")
	fs.IntVar(&o.lanes, "lanes", 1, "")
	fs.DurationVar(&o.duration, "duration", 0, "")
	fs.DurationVar(&o.window, "window", time.Second, "")
	fs.IntVar(&o.rounds, "rounds", 7, "")
	fs.DurationVar(&o.warmup, "warmup", 300*time.Millisecond, "")
	fs.DurationVar(&o.timeout, "timeout", 10*time.Second, "")
	fs.DurationVar(&o.drain, "drain", 0, "")
	fs.Float64Var(&o.foreign, "foreign", 15, "")
	fs.Float64Var(&o.forgive, "allow-errors", 0, "")
	fs.BoolVar(&o.pidTree, "pid-tree", false, "")
	fs.StringVar(&o.jsonFile, "json", "", "")
	fs.StringVar(&o.svgFile, "svg", "", "")
	fs.StringVar(&o.gateFile, "gate", "", "")
	fs.BoolVar(&o.own, "i-own-this-server", false, "")
	fs.BoolVar(&o.portable, "portable", false, "")
}

// set reads VALUE or TARGET=VALUE. The part before the first = is a target's name only if
// there is one of that name, which settle decides.
func (p *perTarget) set(s string) error {
	*p = append(*p, named{"", s})
	return nil
}

// bind finds the target names in p.
func (p perTarget) bind(targets []named) {
	for i := range p {
		name, value, ok := strings.Cut(p[i].value, "=")
		for _, t := range targets {
			if ok && t.name == name {
				p[i] = named{name, value}
				break
			}
		}
	}
}

func wellNamed(s string) bool {
	for _, c := range s {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return s != "" && s != "best"
}
