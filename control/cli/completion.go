package cli

import (
	"flag"
	"fmt"
	"io"
	"strings"
)

// shells lists the supported shells.
var shells = []string{"bash", "zsh", "fish"}

// Completion is the command that prints a completion script for a shell, generated
// from the table of commands.
func Completion(a *App) Command {
	return Command{
		Name:    "completion",
		Summary: "print a completion script for bash, zsh or fish",
		Usage:   "bash|zsh|fish",
		Help:    "The script completes commands, their flags and file names. It belongs to this version: print it again after an upgrade.",
		Example: "source <(" + a.Name + " completion bash)\n" +
			a.Name + " completion zsh > \"${fpath[1]}/_" + a.Name + "\"\n" +
			a.Name + " completion fish > ~/.config/fish/completions/" + a.Name + ".fish",
		Words: shells,
		New: func(*flag.FlagSet) Run {
			return func(args []string, stdout, stderr io.Writer) int {
				if len(args) != 1 {
					return a.Wrong(stderr, "completion", "needs one shell: bash, zsh or fish")
				}
				switch args[0] {
				case "bash":
					a.bash(stdout)
				case "zsh":
					a.zsh(stdout)
				case "fish":
					a.fish(stdout)
				default:
					return a.Wrong(stderr, "completion", "there is no script for "+args[0]+"; there is one for bash, zsh and fish")
				}
				return OK
			}
		},
	}
}

// A shown is a command as completion needs it.
type shown struct {
	*Command
	flags []*flag.Flag
}

// visible lists the commands of the table, and help.
func (a *App) visible() []shown {
	var out []shown
	for i := range a.Commands {
		c := &a.Commands[i]
		if c.Hidden {
			continue
		}
		s := shown{Command: c}
		fs, _ := c.flags()
		fs.VisitAll(func(f *flag.Flag) { s.flags = append(s.flags, f) })
		out = append(out, s)
	}
	return append(out, shown{Command: &Command{Name: "help", Summary: "read about a command", Words: a.names()}})
}

func (a *App) bash(w io.Writer) {
	fn := "_" + a.Name
	fmt.Fprintf(w, "# bash completion for %s\n%s() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} words= files=\n", a.Name, fn)
	fmt.Fprintf(w, "\tif ((COMP_CWORD == 1)); then\n\t\tCOMPREPLY=($(compgen -W '%s' -- \"$cur\"))\n\t\treturn\n\tfi\n", strings.Join(a.names(), " "))
	fmt.Fprint(w, "\tcase ${COMP_WORDS[1]} in\n")
	for _, c := range a.visible() {
		words := c.Words
		for _, f := range c.flags {
			words = append(words[:len(words):len(words)], "--"+f.Name)
		}
		files := ""
		if c.Words == nil {
			files = " files=1"
		}
		fmt.Fprintf(w, "\t%s) words='%s'%s ;;\n", c.Name, strings.Join(words, " "), files)
	}
	fmt.Fprint(w, "\tesac\n\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"+
		"\t[[ $cur == -* || -z $files ]] || COMPREPLY+=($(compgen -f -- \"$cur\"))\n}\n")
	fmt.Fprintf(w, "complete -o filenames -F %s %s\n", fn, a.Name)
}

func (a *App) zsh(w io.Writer) {
	fmt.Fprintf(w, "#compdef %s\n_%s() {\n\tlocal -a commands=(\n", a.Name, a.Name)
	for _, c := range a.visible() {
		fmt.Fprintf(w, "\t\t%s\n", single(strings.ReplaceAll(c.Name, ":", `\:`)+":"+c.Summary))
	}
	fmt.Fprint(w, "\t)\n\tif ((CURRENT == 2)); then\n\t\t_describe command commands\n\t\treturn\n\tfi\n\tshift words\n\t((CURRENT--))\n\tcase $words[1] in\n")
	for _, c := range a.visible() {
		fmt.Fprintf(w, "\t%s) _arguments", c.Name)
		for _, f := range c.flags {
			fmt.Fprintf(w, " %s", single(zshFlag(f)))
		}
		if len(c.Words) > 0 {
			fmt.Fprintf(w, " %s ;;\n", single("1:word:("+strings.Join(c.Words, " ")+")"))
		} else if c.Words == nil {
			fmt.Fprint(w, " '*:file:_files' ;;\n")
		} else {
			fmt.Fprint(w, " ;;\n")
		}
	}
	// Autoloaded from fpath, the file is the function's body; sourced, it is not.
	fmt.Fprintf(w, "\tesac\n}\nif [[ $funcstack[1] == _%s ]]; then\n\t_%s \"$@\"\nelse\n\tcompdef _%s %s\nfi\n", a.Name, a.Name, a.Name, a.Name)
}

// zshFlag formats a flag for _arguments: --name=[what it does]:KIND:_files
func zshFlag(f *flag.Flag) string {
	kind, text := flag.UnquoteUsage(f)
	text = strings.NewReplacer("[", "(", "]", ")", ":", " ", "\n", " ").Replace(text)
	if kind == "" {
		return "--" + f.Name + "[" + text + "]"
	}
	return "--" + f.Name + "=[" + text + "]:" + kind + ":_files"
}

func (a *App) fish(w io.Writer) {
	fmt.Fprintf(w, "# fish completion for %s\n", a.Name)
	for _, c := range a.visible() {
		fmt.Fprintf(w, "complete -c %s -n __fish_use_subcommand -f -a %s -d %s\n", a.Name, c.Name, fishQuote(c.Summary))
		seen := fmt.Sprintf("complete -c %s -n '__fish_seen_subcommand_from %s'", a.Name, c.Name)
		for _, f := range c.flags {
			kind, text := flag.UnquoteUsage(f)
			needs := ""
			if kind != "" {
				needs = " -r"
			}
			fmt.Fprintf(w, "%s -l %s%s -d %s\n", seen, f.Name, needs, fishQuote(strings.ReplaceAll(text, "\n", " ")))
		}
		if c.Words != nil {
			fmt.Fprintf(w, "%s -f -a '%s'\n", seen, strings.Join(c.Words, " "))
		}
	}
}

// single quotes s for bash and zsh.
func single(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// fishQuote quotes s for fish, where a backslash escapes inside single quotes.
func fishQuote(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}
