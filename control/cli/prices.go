package cli

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"asbru/core"
	"asbru/core/price"
)

// Prices is the command that shows prices and converts price lists of others.
func Prices(app *App) Command {
	return Command{
		Name:    "prices",
		Summary: "show what models cost, and check and convert price lists",
		Usage:   "show [--file FILE] [PROVIDER[/MODEL]] | check FILE | import FILE",
		Help: "show prints the prices in the built-in catalogue; those in the sheet given with --file take precedence.\n" +
			"check reads a sheet and prints every problem. import turns LiteLLM's model_prices_and_context_window.json or the " +
			"api.json of models.dev into a sheet on standard output, for prices.files of a configuration, and says what it left out.",
		Example: app.Name + " prices show openai/gpt-4o\n" + app.Name + " prices import api.json > prices.txt",
		Words:   []string{"show", "check", "import"},
		For:     map[string][]string{"file": {"show"}},
		New: func(fs *flag.FlagSet) Run {
			file := fs.String("file", "", "price sheet `file` that takes precedence over the catalogue")
			return func(args []string, stdout, stderr io.Writer) int {
				if len(args) == 0 {
					return app.Wrong(stderr, "prices", "needs show, check or import")
				}
				p := pricer{app, stdout, stderr}
				switch what, rest := args[0], args[1:]; {
				case what == "show" && len(rest) <= 1:
					return p.show(*file, strings.Join(rest, ""))
				case what == "check" && len(rest) == 1:
					return p.check(rest[0])
				case what == "import" && len(rest) == 1:
					return p.take(rest[0])
				case what == "show" || what == "check" || what == "import":
					return app.Wrong(stderr, "prices", what+" takes one argument")
				default:
					return app.Wrong(stderr, "prices", "there is no "+what+" of prices; there are show, check and import")
				}
			}
		},
	}
}

// A pricer executes one prices command.
type pricer struct {
	app         *App
	out, stderr io.Writer
}

// sheet reads a price file and reports what is wrong with it; nil: it cannot be used.
func (p pricer) sheet(path string) *price.Sheet {
	text, err := ReadSheet(path)
	if err != nil {
		fmt.Fprintf(p.stderr, "%s: %v\n", p.app.Name, err)
		return nil
	}
	s, bad := price.Read(path, string(text))
	bad = append(bad, s.Check()...)
	for _, b := range bad {
		fmt.Fprintf(p.stderr, "%s:%d: %s\n", path, b.Line, b.Message)
	}
	if len(bad) > 0 {
		return nil
	}
	return s
}

// ReadSheet reads a price file, up to the length that price.Read accepts.
func ReadSheet(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, price.MaxSheetBytes+1))
}

func (p pricer) check(path string) int {
	s := p.sheet(path)
	if s == nil {
		return Problem
	}
	fmt.Fprintf(p.out, "%s: ok: prices of %s\n", path, count(len(s.Providers()), "provider"))
	return OK
}

func (p pricer) show(file, what string) int {
	sheets := []*price.Sheet{price.BuiltIn()}
	if file != "" {
		s := p.sheet(file)
		if s == nil {
			return Problem
		}
		sheets = slices.Insert(sheets, 0, s)
	}
	provider, model, one := strings.Cut(what, "/")
	if one {
		return p.one(sheets, provider, model)
	}
	shown := 0
	for _, s := range sheets {
		for _, head := range s.Providers() {
			if provider == "" || head == provider {
				p.out.Write(s.Section(nil, head))
				shown++
			}
		}
	}
	if shown == 0 {
		p.nobody(sheets, provider)
		return Problem
	}
	return OK
}

// nobody says that there is no provider with a name, and who sells a model of that name.
func (p pricer) nobody(sheets []*price.Sheet, what string) {
	hint := p.app.Name + " prices show lists all"
	book, sold := price.New(sheets, nil, nil), map[string]bool{}
	for _, s := range sheets {
		for _, provider := range s.Providers() {
			row, known := book.Table(provider, provider).Find(price.Query{Model: []byte(what)})
			if known && row.In+row.Out > 0 { // servers of your own accept any name, at no cost
				sold[provider+"/"+what] = true
			}
		}
	}
	if len(sold) > 0 {
		hint = "write " + strings.Join(slices.Sorted(maps.Keys(sold)), ", or ")
	}
	fmt.Fprintf(p.stderr, "%s: there are no prices of a provider %q; hint: %s\n", p.app.Name, what, hint)
}

// one shows the current price of one model, found as a request would find it.
func (p pricer) one(sheets []*price.Sheet, provider, model string) int {
	found, known := price.New(sheets, nil, nil).Table(provider, provider).Find(price.Query{Model: []byte(model)})
	if !known {
		if !slices.ContainsFunc(sheets, func(s *price.Sheet) bool { return slices.Contains(s.Providers(), provider) }) {
			p.nobody(sheets, provider)
			return Problem
		}
		fmt.Fprintf(p.stderr, "%s: no price is known for %s at %s; hint: %s prices show %s lists those that are, and prices.files adds others\n", p.app.Name, model, provider, p.app.Name, provider)
		return Problem
	}
	found = found.At(time.Now().Unix())
	from := found.From
	if from == price.Source {
		from = "the " + from
	}
	fmt.Fprintf(p.out, "%s/%s costs as %s of %s\n", provider, model, found.Model, from)
	p.rates("", &found.Rates)
	for i := range found.Tiers {
		p.rates(fmt.Sprintf(" above %d tokens", found.Tiers[i].Above), &found.Tiers[i].Rates)
	}
	for i := range found.Batch {
		where := " in a batch"
		if found.Batch[i].Above > 0 {
			where = fmt.Sprintf(" in a batch above %d tokens", found.Batch[i].Above)
		}
		p.rates(where, &found.Batch[i].Rates)
	}
	return OK
}

func (p pricer) rates(where string, r *core.Rates) {
	fmt.Fprintf(p.out, "  a million tokens%s: input %v, cached %v, written %v, output %v, thought %v\n", where, r.In, r.CachedIn, r.WrittenIn, r.Out, r.Reasoning)
	if r.AudioIn != r.In || r.AudioOut != r.Out || r.ImageIn != r.In || r.ImageOut != r.Out {
		fmt.Fprintf(p.out, "    audio %v and %v, images %v and %v\n", r.AudioIn, r.AudioOut, r.ImageIn, r.ImageOut)
	}
	if r.Call > 0 {
		fmt.Fprintf(p.out, "    a request %v\n", r.Call)
	}
	if r.Search > 0 {
		fmt.Fprintf(p.out, "    a search unit %v\n", r.Search)
	}
}

// take converts a price list of others to a sheet and reports what was left out.
func (p pricer) take(path string) int {
	f, err := os.Open(path)
	if err != nil {
		fmt.Fprintf(p.stderr, "%s: %v\n", p.app.Name, err)
		return Problem
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, price.MaxImportBytes+1))
	if err != nil {
		fmt.Fprintf(p.stderr, "%s: cannot read %s: %v\n", p.app.Name, path, err)
		return Problem
	}
	list, err := price.ReadList(data)
	if err != nil {
		fmt.Fprintf(p.stderr, "%s: %s: %v\n", p.app.Name, path, err)
		return Problem
	}
	if _, err := p.out.Write(list.Append(nil)); err != nil {
		fmt.Fprintf(p.stderr, "%s: cannot write the sheet: %v\n", p.app.Name, err)
		return Problem
	}
	p.report(list)
	return OK
}

// report prints what of a list has no place in the sheet.
func (p pricer) report(list *price.Import) {
	fmt.Fprintf(p.stderr, "%s read from a list in the form of %s\n", count(list.Rows, "price"), list.Form)
	if list.Free > 0 {
		fmt.Fprintf(p.stderr, "left out: %s said to cost nothing, which lists say of what they do not know\n", count(list.Free, "model"))
	}
	if list.Blank > 0 {
		fmt.Fprintf(p.stderr, "left out: %s priced by the picture, the second or the page\n", count(list.Blank, "model"))
	}
	for _, m := range []struct {
		what string
		n    map[string]int
	}{{"models with ", list.Bad}, {"models of a provider that no type is for: ", list.Other}, {"the field ", list.Fresh}} {
		for _, name := range sorted(m.n) {
			fmt.Fprintf(p.stderr, "left out: %s%s, %s\n", m.what, name, times(m.n[name]))
		}
	}
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func sorted(m map[string]int) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
