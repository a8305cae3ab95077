package scan

// Opening returns where the string starts whose closing quote is doc[end], behind its opening quote. It
// returns -1 if the string holds an escape, or has no beginning. doc must be valid; nothing of it is checked.
//
// Where only the last string of a long list is of interest, this is the shortest way to it.
func Opening(doc []byte, end int) int {
	for i := backRun(doc, end) - 1; i >= 0; i-- {
		switch doc[i] {
		case '\\':
			return -1
		case '"':
			if i > 0 && doc[i-1] == '\\' {
				return -1
			}
			return i + 1
		}
	}
	return -1
}

// backWords is backRun in portable words, 16 bytes at a time.
func backWords(b []byte, i int) int {
	for ; i >= 16; i -= 16 {
		p := (*[16]byte)(b[i-16:])
		if bounds(load(p[:]))|bounds(load(p[8:])) != 0 {
			break
		}
	}
	return i
}

// bounds has the top bit set in some byte of w if it holds a quote or a backslash, and in none if not.
func bounds(w uint64) uint64 {
	q, s := w^ones*'"', w^ones*'\\'
	return ((q-ones)&^q | (s-ones)&^s) & tops
}
