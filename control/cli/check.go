package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"asbru/core"
	"asbru/core/config"
	"asbru/core/importer"
)

// Tools are what the commands of this package need from the rest of the program.
type Tools struct {
	App *App // the table of commands
	Env config.Env

	// Compile compiles a document as a gateway would. nil: only the document
	// itself is checked, and explain has nothing to show.
	Compile func(doc *config.Document, version uint64) (*core.Snapshot, []config.Problem)

	Path string // default configuration file; empty: one must be named

	// Offline opens the store of a configuration file, which must name one, and the admin API over
	// it. Changes are validated as if they were going to be served. nil: there is none.
	Offline func(path string) (*Offline, error)
}

// errRefused says that the returned problems are the reason.
var errRefused = errors.New("the configuration cannot be used")

// load reads, decodes and compiles a configuration file. The Snapshot is nil
// if Compile is. Problems may also be returned without errRefused.
func (t Tools) load(path string) (*config.Document, *core.Snapshot, []config.Problem, error) {
	data, err := config.ReadFile(path)
	if err != nil {
		return nil, nil, nil, err
	}
	doc, problems := importer.Decode(path, data, t.Env)
	if doc == nil {
		return nil, nil, problems, errRefused
	}
	if t.Compile == nil {
		return doc, nil, problems, nil
	}
	snap, more := t.Compile(doc, 1)
	importer.Locate(path, data, t.Env, more)
	problems = config.Join(problems, more)
	if config.Failed(more) || snap == nil {
		return nil, nil, problems, errRefused
	}
	return doc, snap, problems, nil
}

// file returns the configuration file that a command should read.
func (t Tools) file(args []string) (string, string) {
	switch {
	case len(args) == 1:
		return args[0], ""
	case len(args) > 1:
		return "", fmt.Sprintf("one file at a time, not %d", len(args))
	case t.Path == "":
		return "", "name a configuration file"
	}
	return t.Path, ""
}

// Check is the command that validates a configuration file.
func Check(t Tools) Command {
	return Command{
		Name:    "check",
		Summary: "validate a configuration file and print every problem",
		Usage:   "[flags] FILE",
		Help: "Reads the file as serve would, including secrets, and starts nothing. Each problem is one line with file, line and path. The content of a store is only checked with --store.\n" +
			"The exit code is 0 when the file can be served, 1 when it cannot, 2 when the command line is wrong.",
		Example: t.App.Name + " check asbru.yaml\n" + t.App.Name + " check --strict /etc/asbru/asbru.yaml && systemctl reload asbru",
		New: func(fs *flag.FlagSet) Run {
			strict := fs.Bool("strict", false, "treat warnings as errors")
			quiet := fs.Bool("quiet", false, "print nothing if there is no problem")
			kept := fs.Bool("store", false, "also check the content of its store")
			return func(args []string, stdout, stderr io.Writer) int {
				path, wrong := t.file(args)
				if wrong != "" {
					return t.App.Wrong(stderr, "check", wrong)
				}
				doc, _, problems, err := t.load(path)
				if err == nil && *kept {
					var whole *config.Document
					if whole, problems, err = t.withStore(path); err != nil {
						fmt.Fprintf(stderr, "%s check: %v\n", t.App.Name, err)
						return Problem
					}
					doc = whole
				}
				t.App.print(stderr, problems)
				if err != nil {
					return t.App.refuse(stderr, path, problems, err)
				}
				if *strict && len(problems) > 0 {
					fmt.Fprintf(stderr, "%s: %s taken for errors\n", path, count(len(problems), "warning"))
					return Problem
				}
				if !*quiet {
					fmt.Fprintf(stdout, "%s: %s: %s, %s, %s\n", path, t.App.paint(stdout).good("ok"), count(len(doc.Providers), "provider"),
						count(len(doc.Models), "alias"), count(len(doc.VirtualKeys), "virtual key"))
				}
				return OK
			}
		},
	}
}

// withStore returns the document of a configuration file together with what its store keeps.
func (t Tools) withStore(path string) (*config.Document, []config.Problem, error) {
	if t.Offline == nil {
		return nil, nil, errors.New("there is no store in this program")
	}
	o, err := t.Offline(path)
	if err != nil {
		return nil, nil, err
	}
	o.Close()
	return o.Document, o.Warnings, nil
}

// Schema is the command that prints the JSON Schema of the configuration.
func Schema(t Tools) Command {
	return Command{
		Name:    "schema",
		Summary: "print the JSON Schema of the configuration, for editors",
		Help:    "An editor that knows the schema completes fields and shows what they mean. Name the file in the first line of the configuration, as below.",
		Example: t.App.Name + " schema > asbru.schema.json\n# yaml-language-server: $schema=asbru.schema.json",
		Words:   []string{},
		New: func(*flag.FlagSet) Run {
			return func(args []string, stdout, stderr io.Writer) int {
				if len(args) > 0 {
					return t.App.Wrong(stderr, "schema", "takes no arguments")
				}
				if _, err := stdout.Write(config.Schema()); err != nil {
					fmt.Fprintf(stderr, "%s schema: cannot write: %v\n", t.App.Name, err)
					return Problem
				}
				return OK
			}
		},
	}
}

// print writes problems, one a line.
func (a *App) print(w io.Writer, problems []config.Problem) {
	p := a.paint(w)
	for _, x := range problems {
		if x.Severity == config.Warning {
			fmt.Fprintln(w, p.warn(x.String()))
		} else {
			fmt.Fprintln(w, p.bad(x.String()))
		}
	}
}

// refuse says that a file cannot be used, after its problems were printed.
func (a *App) refuse(w io.Writer, path string, problems []config.Problem, err error) int {
	if !errors.Is(err, errRefused) {
		fmt.Fprintf(w, "%s: %v\n", a.Name, err)
		return Problem
	}
	n := 0
	for _, p := range problems {
		if p.Severity == config.Error {
			n++
		}
	}
	fmt.Fprintf(w, "%s: cannot be used: %s\n", path, count(n, "problem"))
	return Problem
}

// count returns "1 alias" or "3 aliases".
func count(n int, noun string) string {
	switch {
	case n == 1:
	case noun == "alias":
		noun = "aliases"
	default:
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
