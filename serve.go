package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	"asbru/control"
	"asbru/control/cli"
	"asbru/core/config"
)

// serving is what the command line of serve asks for.
type serving struct {
	path   string // configuration file; empty: demo or the environment
	listen string // instead of the document's; empty: the document's
	demo   bool
	loops  int

	began          time.Time // main's first step: what the runtime and the packages did before is not counted
	env            config.Env
	stdout, stderr io.Writer
}

func serveCommand(app *cli.App, env config.Env) cli.Command {
	return cli.Command{
		Name:    "serve",
		Summary: "run the gateway",
		Usage:   "[flags] [FILE]",
		Help: "Serves the configuration in FILE. Without a FILE it serves every provider whose key is in the environment (OPENAI_API_KEY, MISTRAL_API_KEY ...) on 127.0.0.1:8080.\n" +
			"The file is read again when it changes and on SIGHUP; a file with errors changes nothing, and the log says why. " +
			"SIGTERM lets open streams finish, then ends the process. SIGUSR2 starts the program again, for an upgrade, and passes the sockets on: no connection is refused.",
		Example: "asbru serve --demo\nOPENAI_API_KEY=... asbru serve\nasbru serve /etc/asbru/asbru.yaml",
		New: func(fs *flag.FlagSet) cli.Run {
			s := serving{env: env}
			fs.StringVar(&s.path, "config", "", "configuration `file`, the same as FILE")
			fs.StringVar(&s.listen, "listen", "", "`address` to listen on, instead of the one configured")
			fs.BoolVar(&s.demo, "demo", false, "serve a built-in stand-in provider: no key, no network")
			fs.IntVar(&s.loops, "loops", 0, "number of event `loops` for client connections; 0: one for each processor, -1: a goroutine for each connection")
			return func(args []string, stdout, stderr io.Writer) int {
				s.stdout, s.stderr, s.began = stdout, stderr, time.Now()
				switch {
				case len(args) > 1 || len(args) == 1 && s.path != "":
					return app.Wrong(stderr, "serve", "give one configuration file")
				case len(args) == 1:
					s.path = args[0]
				}
				if s.loops < -1 || s.loops > maxLoops {
					return app.Wrong(stderr, "serve", fmt.Sprintf("--loops is %d; it is -1 to %d", s.loops, maxLoops))
				}
				if s.demo && s.path != "" {
					return app.Wrong(stderr, "serve", "--demo has a configuration of its own; leave one of the two out")
				}
				return s.run()
			}
		},
	}
}

// errTold ends a run whose reason was told already.
var errTold = errors.New("told")

// run serves until a signal ends it and returns the exit code.
func (s *serving) run() int {
	err := s.serve()
	switch {
	case err == nil:
		return cli.OK
	case !errors.Is(err, errTold):
		fmt.Fprintln(s.stderr, "asbru:", err)
	}
	return cli.Problem
}

func (s *serving) serve() error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	collect() // while the document is read, too
	// Before anything else: a SIGHUP that nobody watches for ends the process.
	signals, heed, ignore := watchSignals()
	defer ignore()
	in, err := inherit()
	if err != nil {
		return err
	}
	defer in.close()
	from, err := s.source(ctx)
	if err != nil {
		return err
	}
	g := newGateway(s, from, in)
	if err := g.load(ctx, from); err != nil {
		return err
	}
	// Until here nothing is in flight, and a start may wait for long: for a ledger, a database, a credential.
	heed()
	if err := g.open(in); err != nil {
		return err
	}
	defer g.close()
	g.start(ctx)
	if err := in.ready(); err != nil {
		return err
	}
	g.accept(ctx)
	from.announce(s.stdout, g.base())
	unmap()
	return g.attend(ctx, signals)
}

// load applies the first configuration and tells its problems the way check
// does, not as log lines.
func (g *gateway) load(ctx context.Context, from *source) error {
	g.changes.Set(silent)
	var problems []config.Problem
	var err error
	if from.doc == nil {
		_, problems, err = g.plane.Reload(ctx, control.Actor{Kind: "start", Name: from.path})
	} else {
		_, problems, err = g.plane.Apply(ctx, control.Actor{Kind: "start"}, from.doc)
	}
	g.setLevel()
	tell(g.s.stderr, problems)
	switch {
	case errors.Is(err, control.ErrRefused):
		tellRefused(g.s.stderr, from.name(), problems)
		return errTold
	case err != nil:
		return err
	}
	return g.tellToken(ctx)
}

// tell writes problems, one a line.
func tell(w io.Writer, problems []config.Problem) {
	for _, p := range problems {
		fmt.Fprintln(w, p.String())
	}
}

// tellRefused says that the errors among problems, which were told before, keep what from names from being served.
func tellRefused(w io.Writer, from string, problems []config.Problem) {
	if n := errorsIn(problems); n != 1 {
		fmt.Fprintf(w, "asbru: cannot serve %s: mend the %d errors above first\n", from, n)
		return
	}
	fmt.Fprintf(w, "asbru: cannot serve %s: mend the error above first\n", from)
}

func errorsIn(problems []config.Problem) (n int) {
	for _, p := range problems {
		if p.Severity == config.Error {
			n++
		}
	}
	return n
}
