package config

import "strings"

// Near returns the word of known that was probably meant by word; empty if
// none is close.
func Near(word string, known []string) string {
	if word == "" || len(word) > maxNearWord {
		return ""
	}
	w := fold(word)
	best, least := "", 1+max(1, len(w)/3)
	for _, k := range known {
		f := fold(k)
		if len(f) > maxNearWord {
			continue
		}
		d := distance(w, f)
		if d >= least && len(w) >= 3 && (strings.HasPrefix(f, w) || strings.HasSuffix(f, w)) {
			d = least - 1 // finds base_url for url
		}
		if d < least {
			best, least = k, d
		}
	}
	return best
}

// fold removes case and the usual separators of words.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// distance counts the letters to insert, delete, replace or swap with their
// neighbour to turn a into b. Both are at most maxNearWord bytes long.
func distance(a, b string) int {
	var two, one, row [maxNearWord + 1]int
	for j := range len(b) + 1 {
		one[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(one[j]+1, row[j-1]+1, one[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], two[j-2]+1)
			}
		}
		two, one = one, row
	}
	return one[len(b)]
}
