package cli

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// helpWidth is the line width of help.
const helpWidth = 78

// help answers "help", "help COMMAND" and --help.
func (a *App) help(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		a.overview(stdout)
		return OK
	}
	c := a.find(args[0])
	switch {
	case c == nil && args[0] == "help":
		a.overview(stdout)
		return OK
	case c == nil:
		a.complain(stderr, "help", "there is no command "+args[0], hintFor(args[0], a.names()), "help")
		return Usage
	case c.Raw != nil:
		return c.Raw([]string{"--help"}, stdout, stderr)
	}
	a.commandHelp(c, stdout)
	return OK
}

// overview prints the list of commands.
func (a *App) overview(w io.Writer) {
	p := a.paint(w)
	fmt.Fprintf(w, "%s: %s\n\n%s\n  %s COMMAND [flags]\n\n%s\n", p.bold(a.Name), a.Summary, p.head("Usage"), a.Name, p.head("Commands"))
	width := 0
	for _, n := range a.names() {
		width = max(width, len(n))
	}
	for _, c := range a.Commands {
		if !c.Hidden {
			fmt.Fprintf(w, "  %s%s  %s\n", p.bold(c.Name), strings.Repeat(" ", width-len(c.Name)), c.Summary)
		}
	}
	fmt.Fprintf(w, "\nRead about one with %s\n", p.bold(a.Name+" help COMMAND"))
	if a.Footer != "" {
		fmt.Fprintf(w, "\n%s\n", strings.TrimRight(a.Footer, "\n"))
	}
}

// commandHelp prints everything about one command.
func (a *App) commandHelp(c *Command, w io.Writer) {
	p := a.paint(w)
	fs, _ := c.flags()
	some := false
	fs.VisitAll(func(*flag.Flag) { some = true })
	usage := c.Usage
	if usage == "" && some {
		usage = "[flags]"
	}
	fmt.Fprintf(w, "%s: %s\n\n%s\n  %s\n", p.bold(a.Name+" "+c.Name), c.Summary, p.head("Usage"),
		strings.TrimSpace(a.Name+" "+c.Name+" "+usage))
	if c.Help != "" {
		fmt.Fprintf(w, "\n%s\n", fold(c.Help, "", helpWidth))
	}
	if some {
		fmt.Fprintf(w, "\n%s\n", p.head("Flags"))
		fs.VisitAll(func(f *flag.Flag) { printFlag(w, p, f) })
	}
	if c.Example != "" {
		fmt.Fprintf(w, "\n%s\n", p.head("Examples"))
		for line := range strings.SplitSeq(strings.TrimSpace(c.Example), "\n") {
			fmt.Fprintf(w, "  %s\n", line)
		}
	}
}

// printFlag prints a flag, its kind of value, what it does and its default.
func printFlag(w io.Writer, p palette, f *flag.Flag) {
	kind, text := flag.UnquoteUsage(f)
	name := "--" + f.Name
	if len(f.Name) == 1 {
		name = "-" + f.Name
	}
	if kind != "" {
		kind = " " + strings.ToUpper(kind)
	}
	if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "0s" {
		text += " (default " + f.DefValue + ")"
	}
	fmt.Fprintf(w, "  %s%s\n%s\n", p.bold(name), kind, fold(text, "        ", helpWidth))
}

// fold breaks paragraphs at width. Lines that begin with a space are not changed.
func fold(text, indent string, width int) string {
	var b strings.Builder
	for i, para := range strings.Split(strings.TrimSpace(text), "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		if strings.HasPrefix(para, " ") {
			b.WriteString(indent + para)
			continue
		}
		col := 0
		for _, word := range strings.Fields(para) {
			switch {
			case col == 0:
				b.WriteString(indent)
				col = len(indent)
			case col+1+len(word) > width:
				b.WriteString("\n" + indent)
				col = len(indent)
			default:
				b.WriteByte(' ')
				col++
			}
			b.WriteString(word)
			col += len(word)
		}
	}
	return b.String()
}

// A palette writes words with or without colour.
type palette bool

func (p palette) bold(s string) string { return p.with("1", s) }
func (p palette) head(s string) string { return p.with("1;36", s) }
func (p palette) good(s string) string { return p.with("32", s) }
func (p palette) warn(s string) string { return p.with("33", s) }
func (p palette) bad(s string) string  { return p.with("31", s) }
func (p palette) dim(s string) string  { return p.with("2", s) }

func (p palette) with(code, s string) string {
	if !p {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// paint decides about colour for w: on a terminal, unless NO_COLOR is set to anything
// (no-color.org) or the terminal is dumb.
func (a *App) paint(w io.Writer) palette {
	if a.Lookup == nil {
		return false
	}
	return colours(w, a.Lookup)
}

func colours(w io.Writer, lookup func(string) (string, bool)) palette {
	if v, _ := lookup("NO_COLOR"); v != "" {
		return false
	}
	if v, _ := lookup("TERM"); v == "dumb" || v == "" {
		return false
	}
	return palette(isTerminal(w))
}

// isTerminal reports whether w is a character device. That is also true of
// /dev/null, where colours do no harm.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
