package main

import (
	"flag"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"runtime/debug"

	"asbru/bench/mock"
	"asbru/bench/rehearse"
	"asbru/bench/standin"
	"asbru/control/api"
	"asbru/control/cli"
	"asbru/core"
	"asbru/core/build"
	"asbru/core/config"
	"asbru/hotpath/upstream"
	"asbru/loadgen"
)

// program is the table of subcommands. lookup finds environment variables.
func program(lookup func(string) (string, bool)) *cli.App {
	app := &cli.App{
		Name:    "asbru",
		Summary: "an LLM gateway in one binary",
		Lookup:  lookup,
		Footer: "First steps\n" +
			"  asbru serve --demo                  a gateway that answers at once: no key, no network\n" +
			"  OPENAI_API_KEY=... asbru serve      providers whose keys are in the environment\n" +
			"  asbru serve asbru.yaml              a configuration of your own",
	}
	env := config.Env{Lookup: lookup, Known: build.Kinds()}
	tools := cli.Tools{App: app, Env: env, Compile: compileAlone(lookup)}
	tools.Offline = func(path string) (*cli.Offline, error) { return openOffline(path, tools) }
	app.Commands = []cli.Command{
		serveCommand(app, env),
		cli.Check(tools),
		cli.Explain(tools),
		cli.Schema(tools),
		cli.Import(tools),
		cli.Prices(app),
		cli.Keys(tools),
		budgetsCommand(tools),
		objectsCommand(tools),
		cli.Cache(tools),
		{Name: "mock", Summary: mock.Summary, Raw: mock.Run},
		{Name: "loadgen", Summary: "send load and say what a gateway adds", Raw: loadgen.Run},
		cli.Ledger(app),
		auditCommand(app),
		selftestCommand(app),
		versionCommand(app),
		cli.Completion(app),
	}
	return app
}

// compileAlone compiles a document whose result is only inspected.
// Pools do not connect before their first request, so nothing has to be undone.
func compileAlone(lookup func(string) (string, bool)) func(*config.Document, uint64) (*core.Snapshot, []config.Problem) {
	return func(doc *config.Document, _ uint64) (*core.Snapshot, []config.Problem) {
		snap, problems, _ := build.Compile(doc, nil, build.Deps{NewPool: newPool, Lookup: lookup, ReadFile: cli.ReadSheet})
		return snap, append(problems, certProblems(doc)...)
	}
}

// certProblems says why the certificate of a document cannot be served.
func certProblems(doc *config.Document) []config.Problem {
	if doc.TLS == nil {
		return nil
	}
	if _, err := api.OpenCerts(doc.TLS.Cert, keyFile(doc.TLS.Key), nil); err != nil {
		return []config.Problem{{Path: "tls.cert", Message: err.Error()}}
	}
	return nil
}

// newPool makes the pool of an endpoint. The nil check keeps a nil *Pool from
// becoming a core.Pool that is not nil.
func newPool(e core.Endpoint) (core.Pool, error) {
	p, err := upstream.New(e)
	if err != nil {
		return nil, err
	}
	if e.Via != "" {
		return rehearsal(e, p)
	}
	return p, nil
}

// rehearsal makes the pool that leads to a rehearsal in the provider's place; real leads to the
// provider itself.
func rehearsal(e core.Endpoint, real *upstream.Pool) (core.Pool, error) {
	word, err := rehearse.ParseWord(e.Via)
	if err == nil {
		err = word.Check()
	}
	if err != nil {
		return nil, err
	}
	e.Scheme, e.CA, e.ServerName, e.Proxy = "http", "", "", ""
	p, err := upstream.New(e)
	if err != nil {
		return nil, err
	}
	s := rehearse.New(word, rehearse.Options{
		Dial: real.Dial, Own: standin.New(standin.Options{Open: true}),
		Tell: func(problem string) { slog.Warn("rehearsal: "+problem, "upstream", e.Via) },
	})
	p.Over(s.Dial, func() { s.Close(); real.Close() })
	return p, nil
}

func versionCommand(app *cli.App) cli.Command {
	return cli.Command{
		Name:    "version",
		Summary: "print the version, the revision and the Go version",
		Words:   []string{},
		New: func(*flag.FlagSet) cli.Run {
			return func(args []string, stdout, stderr io.Writer) int {
				if len(args) > 0 {
					return app.Wrong(stderr, "version", "takes no arguments")
				}
				b := buildInfo()
				fmt.Fprintf(stdout, "asbru %s\nrevision %s\n%s %s/%s\n", b.Version, b.Revision, b.Go, runtime.GOOS, runtime.GOARCH)
				return cli.OK
			}
		},
	}
}

// buildInfo says which program this is. The revision is what the Go tool noted
// when it built inside a repository.
func buildInfo() api.Build {
	b := api.Build{Version: version, Revision: "unknown", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	dirty := false
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Revision = s.Value
		case "vcs.modified":
			dirty = s.Value == "true"
		}
	}
	if dirty {
		b.Revision += ", modified"
	}
	return b
}
