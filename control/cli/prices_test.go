package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPrices(t *testing.T) {
	app := &App{Name: "asbru"}
	app.Commands = []Command{Prices(app)}
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	ours := write("ours.txt", "[openai]\ngpt-4o in=7 out=70 call=0.5 >100 in=9 batch=50%\n")
	broken := write("broken.txt", "[openai]\nm\n")
	list := write("list.json", `{"openai":{"models":{"m":{"cost":{"input":1,"output":2,"video":3}},"n":{"cost":{"input":0,"output":0}},"o":{}}},"nobody":{"models":{"p":{}}}}`)
	f := func(code int, args string, parts ...string) {
		t.Helper()
		var out bytes.Buffer
		if got := app.Run(strings.Fields("prices "+args), &out, &out); got != code {
			t.Errorf("prices %s: exit code %d, want %d", args, got, code)
		}
		for _, part := range parts {
			if !strings.Contains(out.String(), part) {
				t.Errorf("prices %s: %q is not in\n%s", args, part, out.String())
			}
		}
	}
	f(OK, "show openai/gpt-4o-2024-11-20", "costs as openai/gpt-4o of the catalogue", "input $2.5, cached $1.25", "in a batch: input $1.25")
	f(OK, "show openai/gpt-4o --file "+ours, "costs as openai/gpt-4o of "+ours, "input $7", "a request $0.5", "above 100 tokens: input $9", "in a batch above 100 tokens: input $4.5")
	f(OK, "show openai/gpt-audio", "audio $32 and $64")
	f(Problem, "show gpt-4o", `no prices of a provider "gpt-4o"`, "write azure/gpt-4o, or openai/gpt-4o")
	f(Problem, "show nonesuch", "asbru prices show lists all")
	f(OK, "show groq", "[groq]\n", "llama-3.3-70b-versatile in=0.59 out=0.79")
	f(Problem, "show nobody", `no prices of a provider "nobody"; hint: asbru prices show lists all`)
	f(Problem, "show openai/unheard-of", "no price is known for unheard-of at openai; hint: asbru prices show openai lists those that are")
	f(Problem, "show nobody/m", `no prices of a provider "nobody"; hint: asbru prices show lists all`)
	f(OK, "check "+ours, "ok: prices of 1 provider")
	f(Problem, "check "+broken, "broken.txt:2: openai/m: names no price")
	f(Problem, "show openai --file "+broken, "broken.txt:2")
	f(Problem, "check "+filepath.Join(dir, "none"), "no such file")
	f(OK, "import "+list, "[openai]\nm in=1 out=2\n", "1 price read", "1 model said to cost nothing", "1 model priced by the picture", "no type is for: nobody, once", "the field video, once")
	f(Problem, "import "+ours, "cannot read the list")
	f(Problem, "import "+filepath.Join(dir, "none"), "no such file")
	f(Usage, "", "needs show, check or import")
	f(Usage, "show a b", "takes one argument")
	f(Usage, "burn", "there is no burn of prices")
}
