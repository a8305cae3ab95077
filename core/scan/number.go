package scan

// scalar reads a number or a literal. On a fault next is its offset.
func scalar(b []byte, i int) (next int, k Kind) {
	switch c := b[i]; {
	case c == 't':
		return literal(b, i, "true")
	case c == 'f':
		return literal(b, i, "false")
	case c == 'n':
		return literal(b, i, "null")
	case c == '-' || '0' <= c && c <= '9':
		return number(b, i)
	case c == 0xef && i == 0:
		return i, BOM
	case c >= 0x80:
		_, k = runes(b, i)
		return i, max(k, Syntax)
	}
	return i, Syntax
}

func literal(b []byte, i int, word string) (int, Kind) {
	if len(b)-i >= len(word) && string(b[i:i+len(word)]) == word {
		return i + len(word), OK
	}
	return i, Syntax
}

// number checks a number against the grammar of RFC 8259 §6. Its size is not bounded.
func number(b []byte, i int) (int, Kind) {
	start := i
	if b[i] == '-' {
		i++
	}
	whole := i
	if i = digits(b, i); i == whole || b[whole] == '0' && i > whole+1 {
		return start, Number
	}
	if i < len(b) && b[i] == '.' {
		frac := i + 1
		if i = digits(b, frac); i == frac {
			return start, Number
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		exp := i
		if i = digits(b, exp); i == exp {
			return start, Number
		}
	}
	return i, OK
}

func digits(b []byte, i int) int {
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return i
}

// IsNumber reports whether a JSON value is a number, of any size.
func IsNumber(raw []byte) bool {
	return len(raw) > 0 && (raw[0] == '-' || raw[0]-'0' <= 9)
}
