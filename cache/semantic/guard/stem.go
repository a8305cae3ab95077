package guard

// stem cuts inflectional endings off b. The result aliases b, which may be respelled in place. It is
// crude on purpose: two forms of a word must have the same stem, two words different ones, and the
// stem itself is never shown.
func stem(b []byte) []byte {
	n := len(b)
	if n <= 3 || b[n-1] > 'z' {
		return b
	}
	switch {
	case ends(b, "ies") && n > 4:
		b = b[:n-2] // cities, citi
	case ends(b, "sses") || ends(b, "xes") || ends(b, "ches") || ends(b, "shes"):
		b = b[:n-2]
	case b[n-1] == 's' && !ends(b, "ss") && !ends(b, "us") && !ends(b, "is"):
		b = b[:n-1]
	}
	n = len(b)
	switch {
	case n > 6 && ends(b, "ing") && hasVowel(b[:n-3]):
		b = undouble(b[:n-3])
	case n > 5 && ends(b, "ed") && hasVowel(b[:n-2]):
		b = undouble(b[:n-2])
	default:
		b = undouble(b)
	}
	n = len(b)
	if n > 4 && b[n-1] == 'e' {
		b = b[:n-1]
	}
	if n = len(b); n > 3 && b[n-1] == 'y' && !vowel(b[n-2]) {
		b[n-1] = 'i' // city, citi
	}
	return british(b)
}

// british respells colour and organis as color and organiz, in place.
func british(b []byte) []byte {
	n := len(b)
	if n > 5 && ends(b, "is") && !vowel(b[n-3]) {
		b[n-1] = 'z'
	}
	if n > 5 && ends(b, "our") {
		b[n-2] = 'r'
		b = b[:n-1]
	}
	return b
}

// undouble cuts a doubled consonant at the end, so that stopp, of stopped, becomes stop.
func undouble(b []byte) []byte {
	if n := len(b); n > 3 && b[n-1] == b[n-2] && !vowel(b[n-1]) && b[n-1] != 's' {
		return b[:n-1]
	}
	return b
}

func ends(b []byte, s string) bool {
	return len(b) > len(s) && string(b[len(b)-len(s):]) == s
}

func hasVowel(b []byte) bool {
	for _, c := range b {
		if vowel(c) || c == 'y' {
			return true
		}
	}
	return false
}
