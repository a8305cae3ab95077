package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"asbru/bench/standin"
	"asbru/control/cli"
	"asbru/core"
	"asbru/core/build"
	"asbru/core/config"
	"asbru/doors"
	"asbru/hotpath"
	"asbru/selftest"
)

// selftesting is what the command line of selftest asks for.
type selftesting struct {
	door, upstream string
	json, update   bool
	loops          int
	stdout, stderr io.Writer
}

func selftestCommand(app *cli.App) cli.Command {
	return cli.Command{
		Name:    "selftest",
		Summary: "try every client format against every provider format",
		Usage:   "[flags]",
		Help: "Starts a gateway and a stand-in provider on loopback, sends what clients of every format say to providers of every format, and looks at both ends. " +
			"Prints how much arrives and compares that with what this version was released with (docs/COMPATIBILITY.md): exit code 1 when they differ.",
		Example: "asbru selftest\nasbru selftest --door anthropic --upstream gemini",
		Words:   []string{},
		New: func(fs *flag.FlagSet) cli.Run {
			var s selftesting
			names := strings.Join(selftest.Formats(), ", ")
			fs.StringVar(&s.door, "door", "", "only clients of this `format`: "+names)
			fs.StringVar(&s.upstream, "upstream", "", "only providers of this `format`")
			fs.BoolVar(&s.json, "json", false, "print the cells as JSON")
			fs.IntVar(&s.loops, "loops", 0, "number of event `loops` for client connections; 0: one for each processor, -1: a goroutine for each connection")
			fs.BoolVar(&s.update, "update", false, "write selftest/matrix.json and docs/COMPATIBILITY.md below the current directory instead of comparing")
			return func(args []string, stdout, stderr io.Writer) int {
				s.stdout, s.stderr = stdout, stderr
				for _, name := range []string{s.door, s.upstream} {
					if name != "" && !slices.Contains(selftest.Formats(), name) {
						return app.Wrong(stderr, "selftest", "there is no format "+name+": they are "+names)
					}
				}
				switch {
				case len(args) > 0:
					return app.Wrong(stderr, "selftest", "takes no arguments")
				case s.update && (s.door != "" || s.upstream != ""):
					return app.Wrong(stderr, "selftest", "--update needs the whole matrix; leave --door and --upstream out")
				}
				return s.run()
			}
		},
	}
}

func (s *selftesting) run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cells, err := s.cells(ctx)
	if err == nil {
		err = s.report(cells)
	}
	switch {
	case errors.Is(err, errTold):
		return cli.Problem
	case err != nil:
		fmt.Fprintln(s.stderr, "asbru:", err)
		return cli.Problem
	}
	return cli.OK
}

// cells runs the matrix through a gateway made for it.
func (s *selftesting) cells(ctx context.Context) ([]selftest.Cell, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	o := selftest.Options{Provider: standin.New(standin.Options{})}
	if s.door != "" {
		o.Doors = []string{s.door}
	}
	if s.upstream != "" {
		o.Upstreams = []string{s.upstream}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("cannot start the stand-in provider: %w", err)
	}
	go o.Provider.Serve(ctx, l) // if the listener breaks, cells fail
	o.Direct = "http://" + l.Addr().String()
	server, err := s.gateway(o.Direct)
	if err != nil {
		return nil, err
	}
	defer build.Retire(server.Snapshot(), nil)
	defer server.Close()
	front, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("cannot start the gateway: %w", err)
	}
	go server.Serve(front)
	o.Base = "http://" + front.Addr().String()
	return selftest.Run(ctx, o)
}

// hastened is the factor by which time passes faster for breakers and benches.
const hastened = 1_000_000

// gateway is a data plane whose providers are those of the matrix, all at base.
func (s *selftesting) gateway(base string) (*hotpath.Server, error) {
	doc := selftestDocument(base)
	snap, problems, _ := build.Compile(doc, nil, build.Deps{
		NewPool: newPool,
		Lookup:  func(string) (string, bool) { return "", false },
		// What a provider's error closes for seconds is open again for the next cell.
		Clock: func() int64 { return core.Clock() * hastened },
	})
	if snap == nil {
		return nil, fmt.Errorf("cannot configure the gateway: %v", problems)
	}
	// Some of the upstreams are servers that have one operation of their format only, which
	// no document can say: it adds paths and takes none away.
	without := map[string]core.Op{"openai": core.OpResponses, "responses": core.OpChat, "converse": core.OpInvoke, "invoke": core.OpChat}
	for _, t := range snap.Targets {
		if op, ok := without[t.Provider]; ok {
			for _, f := range t.Faces {
				f.Paths[op], f.Streams[op] = "", ""
			}
		}
	}
	server := hotpath.New(hotpath.Options{Doors: doors.All(), Slow: func(c net.Conn) { c.Close() }, Loops: s.loops})
	server.Swap(snap)
	return server, nil
}

func selftestDocument(base string) *config.Document {
	yes := true
	doc := &config.Document{AllowAnonymous: &yes}
	add := func(name, kind, path string) {
		doc.Providers = append(doc.Providers, config.Provider{Name: name, Type: kind, BaseURL: base + path, APIKey: config.NewSecret("", "selftest"),
			Options: map[string]string{"region": "us-east-1"}, Network: config.Network{AllowPrivateNetwork: &yes}})
	}
	add("openai", "openai", "/v1")
	add("responses", "openai", "/v1")
	add("anthropic", "anthropic", "/v1")
	add("gemini", "gemini", "/v1beta")
	add("converse", "bedrock", "")
	add("invoke", "bedrock", "")
	add("cohere", "cohere", "/v2")
	return doc
}

// report prints the matrix, and writes it or compares it.
func (s *selftesting) report(cells []selftest.Cell) error {
	if s.json {
		s.stdout.Write(selftest.JSON(cells))
	} else {
		selftest.Print(s.stdout, cells)
	}
	if s.update {
		for name, text := range map[string][]byte{filepath.Join("selftest", "matrix.json"): selftest.JSON(cells), filepath.Join("docs", "COMPATIBILITY.md"): selftest.Markdown(cells)} {
			if err := os.WriteFile(name, text, 0o644); err != nil {
				return fmt.Errorf("cannot write the matrix: %w", err)
			}
		}
		return nil
	}
	want, err := selftest.Committed()
	if err != nil {
		return err
	}
	differences := selftest.Compare(cells, want, s.door == "" && s.upstream == "")
	for _, d := range differences {
		fmt.Fprintln(s.stderr, "differs:", d)
	}
	if len(differences) > 0 {
		fmt.Fprintf(s.stderr, "asbru: %d cells differ from what this version was released with\n", len(differences))
		return errTold
	}
	return nil
}
