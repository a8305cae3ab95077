package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"asbru/core/config"
)

// Exit codes of every command.
const (
	OK      = 0
	Problem = 1 // the command ran and found a problem
	Usage   = 2 // the command line was wrong; nothing was done
)

// A Run executes a command and returns an exit code. args are the arguments that
// are not flags.
type Run func(args []string, stdout, stderr io.Writer) int

// A Command is one subcommand. Exactly one of New and Raw is set.
type Command struct {
	Name    string
	Summary string // one line, lower case, no period: "check a configuration"
	Usage   string // the arguments after the name: "[flags] FILE"; empty: "[flags]" if there are flags
	Help    string // paragraphs of help; empty: the summary is enough
	Example string // lines to paste; empty: none
	Hidden  bool   // not listed

	// New declares flags on fs and returns what to run once they are parsed.
	// It must do nothing else: help and completion call it too.
	New func(fs *flag.FlagSet) Run

	// Raw is run with all arguments unchanged; it parses its own flags and
	// answers --help itself.
	Raw Run

	Words []string // possible first arguments, for completion; nil: a file, empty: none

	// For lists the first arguments that a flag applies to: with others it is refused, because it
	// would have no effect. A flag that is not listed applies to all.
	For map[string][]string
}

// stray reports a flag that has no effect with these arguments; empty: there is none.
func (c *Command) stray(fs *flag.FlagSet, args []string) string {
	what := ""
	fs.Visit(func(f *flag.Flag) {
		if words := c.For[f.Name]; what == "" && words != nil && len(args) > 0 && slices.Contains(c.Words, args[0]) && !slices.Contains(words, args[0]) {
			what = "--" + f.Name + " is for " + strings.Join(words, " and ") + ", and does nothing to " + args[0]
		}
	})
	return what
}

// flags returns the command's flag set and what to run.
func (c *Command) flags() (*flag.FlagSet, Run) {
	fs := flag.NewFlagSet(c.Name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	if c.New == nil {
		return fs, c.Raw
	}
	return fs, c.New(fs)
}

// An App is a program of subcommands.
type App struct {
	Name     string
	Summary  string // one line, the head of help
	Commands []Command
	Footer   string // last lines of help; empty: none

	Lookup func(name string) (string, bool) // environment, for NO_COLOR; nil: empty
}

// Run runs the command that args, without the program's name, name, and
// returns the exit code.
func (a *App) Run(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		a.overview(stderr)
		return Usage
	}
	name, args := args[0], args[1:]
	switch name {
	case "help", "-h", "-help", "--help":
		return a.help(args, stdout, stderr)
	case "-v", "-version", "--version":
		name = "version"
	}
	c := a.find(name)
	if c == nil {
		a.complain(stderr, "", "there is no command "+name, hintFor(name, a.names()), "help")
		return Usage
	}
	if c.Raw != nil {
		return c.Raw(args, stdout, stderr)
	}
	fs, run := c.flags()
	rest, err := parse(fs, args)
	if errors.Is(err, flag.ErrHelp) {
		a.commandHelp(c, stdout)
		return OK
	}
	if err != nil {
		what, hint := flagTrouble(err, fs)
		a.complain(stderr, c.Name, what, hint, "help "+c.Name)
		return Usage
	}
	if what := c.stray(fs, rest); what != "" {
		return a.Wrong(stderr, c.Name, what)
	}
	return run(rest, stdout, stderr)
}

// Wrong reports what is wrong with the arguments of a command and returns Usage.
func (a *App) Wrong(stderr io.Writer, command, what string) int {
	a.complain(stderr, command, what, "", "help "+command)
	return Usage
}

func (a *App) find(name string) *Command {
	i := slices.IndexFunc(a.Commands, func(c Command) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return &a.Commands[i]
}

// names lists the commands that can be given, including help.
func (a *App) names() []string {
	var out []string
	for _, c := range a.Commands {
		if !c.Hidden {
			out = append(out, c.Name)
		}
	}
	return append(out, "help")
}

// parse separates flags from other arguments, wherever they are; after -- there are no flags.
// Package flag stops at the first argument that is not a flag, which would make
// "check FILE --strict" fail.
func parse(fs *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		left := fs.Args()
		if len(left) == 0 {
			return rest, nil
		}
		if used := len(args) - len(left); used > 0 && args[used-1] == "--" {
			return append(rest, left...), nil
		}
		rest, args = append(rest, left[0]), left[1:]
	}
}

// flagTrouble rewrites an error of package flag in our words.
func flagTrouble(err error, fs *flag.FlagSet) (what, hint string) {
	msg := err.Error()
	if name, ok := strings.CutPrefix(msg, "flag provided but not defined: -"); ok {
		var known []string
		fs.VisitAll(func(f *flag.Flag) { known = append(known, f.Name) })
		if near := meant(name, known); near != "" {
			hint = "did you mean --" + near + "?"
		}
		return "there is no flag --" + name, hint
	}
	if name, ok := strings.CutPrefix(msg, "flag needs an argument: -"); ok {
		return "flag --" + name + " needs a value", ""
	}
	// invalid value "x" for flag -n: parse error; invalid boolean value "x" for -n: parse error
	return strings.NewReplacer("for flag -", "for --", "for -", "for --").Replace(msg), ""
}

// elsewhere are what other gateways and servers call a command or a flag of ours.
var elsewhere = map[string]string{
	"port": "listen", "host": "listen", "bind": "listen", "address": "listen", "app-dir": "config",
	"start": "serve", "run": "serve", "server": "serve", "up": "serve", "validate": "check", "lint": "check", "migrate": "import", "convert": "import",
}

// meant returns the word of known that was probably meant by word; empty: none.
func meant(word string, known []string) string {
	if ours := elsewhere[word]; slices.Contains(known, ours) {
		return ours
	}
	return config.Near(word, known)
}

func hintFor(word string, known []string) string {
	if near := meant(word, known); near != "" {
		return "did you mean " + near + "?"
	}
	return ""
}

// complain reports a mistake in the command line, and where to read on.
func (a *App) complain(w io.Writer, command, what, hint, read string) {
	who := a.Name
	if command != "" {
		who += " " + command
	}
	fmt.Fprintf(w, "%s: %s\n", who, what)
	if hint != "" {
		fmt.Fprintf(w, "  %s\n", hint)
	}
	fmt.Fprintf(w, "  see: %s %s\n", a.Name, read)
}
