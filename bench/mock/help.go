package mock

import (
	"flag"
	"fmt"
	"io"
	"strings"
)

// help is the text of --help.
func help(w io.Writer, f *flag.FlagSet) {
	fmt.Fprintf(w, `asbru mock: %s

It answers like OpenAI (chat/completions, completions, responses, embeddings,
models) and like Anthropic (messages), streamed if the request says so. Any
other path below /v1 is echoed: method, path, headers, size and SHA-256.

Usage: asbru mock [flags]

`, Summary)
	f.VisitAll(func(f *flag.Flag) {
		name, usage := flag.UnquoteUsage(f)
		if def := f.DefValue; def != "" && def != "0" && def != "0s" && def != "false" {
			usage += " (default " + def + ")"
		}
		fmt.Fprintf(w, "  --%-25s %s\n", strings.TrimSpace(f.Name+" "+name), usage)
	})
	fmt.Fprint(w, `
Magic model names change the answer to one request. Words join with "+":
  {"model": "mock-latency-200ms+tokens-500", ...}

`)
	for _, word := range words {
		term := "mock-" + word.name
		if v, optional := strings.CutPrefix(word.value, "["); optional {
			term += "[-" + v
		} else if v != "" {
			term += "-" + v
		}
		fmt.Fprintf(w, "  %-27s %s\n", term, word.help)
	}
}
