package cli

import (
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"asbru/core/config"
	"asbru/core/importer"
)

// Import is the command that converts the configuration of another gateway into ours.
func Import(t Tools) Command {
	forms := strings.Join(importer.Formats(), " | ")
	return Command{
		Name:    "import",
		Summary: "convert the configuration of Bifrost or LiteLLM",
		Usage:   "[flags] " + forms + " FILE",
		Help: "Writes the configuration to standard output. Each field that is left out, or not fully converted, is a line with file, line and path on standard error. " +
			"References to variables stay references. A secret in the file is replaced by a reference to a variable, whose name is printed, unless --with-secrets copies it. See docs/IMPORT.md.\n" +
			"With --store FILE no document is printed: virtual keys, teams, customers, limits and prices are written into the store that the configuration FILE names. FILE must define the providers and models that they refer to. Keys are stored as digests.\n" +
			"The exit code is 0 when the result can be served, 1 when it cannot, 2 when the command line is wrong.",
		Example: t.App.Name + " import bifrost config.json > asbru.yaml\n" + t.App.Name + " import litellm config.yaml > asbru.yaml && " + t.App.Name + " check asbru.yaml",
		Words:   importer.Formats(),
		New: func(fs *flag.FlagSet) Run {
			secrets := fs.Bool("with-secrets", false, "copy secrets from the file")
			strict := fs.Bool("strict", false, "fail if anything is left out")
			into := fs.String("store", "", "write virtual keys, teams, customers, limits and prices into the store of this configuration `file`")
			quiet := fs.Bool("quiet", false, "do not print what is left out")
			return func(args []string, stdout, stderr io.Writer) int {
				switch {
				case len(args) != 2:
					return t.App.Wrong(stderr, "import", "name a format ("+forms+") and a file")
				case !slices.Contains(importer.Formats(), args[0]):
					return t.App.Wrong(stderr, "import", fmt.Sprintf("there is no format %q; they are %s", args[0], forms))
				}
				r, err := t.convert(args[0], args[1], *secrets || *into != "") // a store only keeps digests of keys
				if err != nil {
					fmt.Fprintf(stderr, "%s: %v\n", t.App.Name, err)
					return Problem
				}
				return t.imported(args[1], r, importing{*strict, *quiet, *into, stdout, stderr})
			}
		},
	}
}

// convert reads and imports a file.
func (t Tools) convert(form, path string, secrets bool) (importer.Result, error) {
	data, err := config.ReadFile(path)
	if err != nil {
		return importer.Result{}, err
	}
	return importer.Import(form, path, data, importer.Options{Env: t.Env, Secrets: secrets}), nil
}

// importing says how the result of an import is shown.
type importing struct {
	strict, quiet  bool
	store          string // a configuration file; empty: print the document
	stdout, stderr io.Writer
}

// imported reports the result of an import and returns the exit code.
func (t Tools) imported(path string, r importer.Result, how importing) int {
	errs := slices.DeleteFunc(slices.Clone(r.Notes), func(p config.Problem) bool { return p.Severity == config.Warning })
	told := r.Notes
	if how.quiet {
		told = errs
	}
	t.App.print(how.stderr, told)
	if r.Document == nil {
		fmt.Fprintf(how.stderr, "%s: cannot be imported: %s\n", path, count(len(errs), "problem"))
		return Problem
	}
	if how.store != "" {
		if err := t.keepImported(r, how.store, how.stdout, how.stderr); err != nil {
			fmt.Fprintf(how.stderr, "%s import: %v\n", t.App.Name, err)
			return Problem
		}
	} else if _, err := how.stdout.Write(r.Document); err != nil {
		fmt.Fprintf(how.stderr, "%s import: cannot write: %v\n", t.App.Name, err)
		return Problem
	}
	fmt.Fprintf(how.stderr, "%s: imported: %s, %s, %s; %s to look at\n", path, count(r.Providers, "provider"), count(r.Aliases, "alias"),
		count(r.Keys, "virtual key"), count(len(r.Notes), "field"))
	if how.strict && len(r.Notes) > 0 {
		return Problem
	}
	return OK
}
