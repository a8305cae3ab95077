package build

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"asbru/core"
	"asbru/core/config"
)

// names lists the keys of a map, sorted, for messages.
func names[V any](m map[string]V) []string {
	ns := make([]string, 0, len(m))
	for n := range m {
		ns = append(ns, n)
	}
	slices.SortFunc(ns, strings.Compare)
	return ns
}

// opNamed finds an operation that goes upstream.
func opNamed(name string) (core.Op, bool) {
	for op := range core.NumOps {
		if op.String() == name && op != core.OpModels {
			return op, true
		}
	}
	return 0, false
}

func opNames() []string {
	var ns []string
	for op := range core.NumOps {
		if op != core.OpModels {
			ns = append(ns, op.String())
		}
	}
	return ns
}

// near returns a hint for a misspelt word.
func near(word string, known []string) string {
	if n := config.Near(word, known); n != "" {
		return fmt.Sprintf("did you mean %q?", n)
	}
	if len(known) == 0 || len(known) > 20 {
		return ""
	}
	return "known are " + strings.Join(known, ", ")
}

// listed names a few and counts the rest.
func listed(names []string) string {
	var b strings.Builder
	for i, n := range names {
		if i == maxNamesInFault {
			b.WriteString(" and " + strconv.Itoa(len(names)-i) + " more")
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Quote(n))
	}
	return b.String()
}

// member returns the path of an entry of a map, in the notation of the document's problems.
func member(path, name string) string {
	if token(name) {
		return path + "." + name
	}
	return path + "[" + strconv.Quote(name) + "]"
}
