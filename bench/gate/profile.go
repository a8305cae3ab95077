package main

import (
	"cmp"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
)

// A cost is the instructions that one function executes itself.
type cost struct {
	function     string
	instructions float64
}

// dearest returns the functions of a callgrind dump that execute the most, at most n. For a program
// without symbols there are none.
func dearest(name string, n int) ([]cost, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	sums := selfCosts(string(b))
	all := slices.SortedFunc(maps.Keys(sums), func(a, b string) int { return cmp.Compare(sums[b], sums[a]) })
	var out []cost
	for _, f := range all[:min(n, len(all))] {
		out = append(out, cost{f, sums[f]})
	}
	return out, nil
}

// selfCosts adds up a profile in callgrind's format. A name is given once, as "fn=(12) name", and
// later by its number. The line after "calls=" is the cost of the callee, and is skipped. Recursion
// numbers ('2) are dropped.
func selfCosts(profile string) map[string]float64 {
	names, sums := make(map[string]string), make(map[string]float64)
	var function string
	callee := false
	for line := range strings.Lines(profile) {
		line = strings.TrimSuffix(line, "\n")
		key, rest, named := strings.Cut(line, "=")
		switch {
		case named && (key == "fn" || key == "cfn"):
			number, name, _ := strings.Cut(rest, " ")
			if name != "" {
				names[number], _, _ = strings.Cut(name, "'")
			}
			if key == "fn" {
				function = names[number]
			}
		case named:
			callee = key == "calls"
		case callee:
			callee = false
		case line != "" && strings.Contains("+-*0123456789", line[:1]):
			_, count, _ := strings.Cut(line, " ")
			if n, err := strconv.ParseFloat(count, 64); err == nil && function != "" && !strings.HasPrefix(function, "0x") && function != "???" {
				sums[function] += n
			}
		}
	}
	return sums
}
