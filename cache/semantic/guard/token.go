package guard

import (
	"unicode"
	"unicode/utf8"
)

// A shape is what a token consists of.
type shape uint8

const (
	shapeWord   shape = iota
	shapeNumber       // digits, normalized: no separators, no leading zeros
	shapeMixed        // letters and digits or signs: gpt4, c++, node.js
	shapeLetter       // one letter that is not a word
	shapeSymbol       // no letter, no digit: (), &&, ##
	shapePause        // a comma, or another sign that separates like one
	shapeEnd          // the end of a sentence
)

// A token is a word, a number or a sign of a text, in lower case.
type token struct {
	text   []byte // into lexer.buf, or a constant
	word   id     // its id in the lexicon; 0: it is not there
	shape  shape
	upper  bool // began with a capital
	caps   bool // two letters or more, all capitals
	first  bool // of its sentence
	quoted bool
	owner  bool  // carried 's
	eaten  bool  // it is part of a frame's phrase, and not a word by itself
	thinks bool  // is the holder of the opinion that is asked for
	item   uint8 // of two that are joined: the first, the second; 0: neither
	part   role  // its role if a rule knows better than the preposition before it
}

// A lexer splits a text into tokens. It is part of a Form and reused with it.
type lexer struct {
	lex      *lexicon
	src      string
	at       int
	buf      []byte
	toks     []token
	first    bool
	quote    bool
	money    string // the currency whose sign precedes the next number
	foreign  int    // letters outside Latin script
	overflow bool
	quotes   []uint64 // hashes of quoted spans
	quoteAt  int      // index in toks where the open span begins
}

func (l *lexer) reset(lex *lexicon, src string) {
	*l = lexer{lex: lex, src: src, buf: l.buf[:0], toks: l.toks[:0], quotes: l.quotes[:0], first: true}
}

func (l *lexer) run() {
	for l.at < len(l.src) && !l.overflow {
		r, size := utf8.DecodeRuneInString(l.src[l.at:])
		switch {
		case r == '\n' && !l.quote:
			l.end()
			l.at += size
		case r <= ' ' || unicode.IsSpace(r):
			l.at += size
		case isDigit(r) || r == '.' && l.at+1 < len(l.src) && isDigit(rune(l.src[l.at+1])):
			l.number()
		case isLetter(r):
			l.letters()
		case isQuote(r):
			l.mark(r, size)
		default:
			l.signs()
		}
	}
	l.closeQuote() // a quotation that was never closed: an inch, a typo
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func isLetter(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r >= 0x80 && (unicode.IsLetter(r) || unicode.IsMark(r)) && !isQuote(r)
}

func isQuote(r rune) bool {
	switch r {
	case '"', '\'', '`', '“', '”', '„', '‘', '’', '«', '»':
		return true
	}
	return false
}

// peek returns the rune at i, 0 at the end.
func (l *lexer) peek(i int) rune {
	if i >= len(l.src) {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(l.src[i:])
	return r
}

func (l *lexer) add(text []byte, s shape) *token {
	if len(l.toks) >= maxTokens || len(l.buf) >= maxBuffer-maxWordBytes {
		l.overflow = true
		return &token{}
	}
	l.toks = append(l.toks, token{text: text, shape: s, first: l.first, quoted: l.quote})
	if s < shapePause {
		l.first = false
	}
	t := &l.toks[len(l.toks)-1]
	if s < shapeSymbol {
		t.word = l.lex.find(text)
	}
	return t
}

// put copies s to the buffer and returns the copy, which stays valid because the buffer never grows.
func (l *lexer) put(s string) []byte {
	from := len(l.buf)
	l.buf = append(l.buf, s...)
	return l.buf[from:len(l.buf):len(l.buf)]
}

// number reads 1,000 and 3.5 and 60k and 3rd and 48hrs and 2016.
func (l *lexer) number() {
	from, i := len(l.buf), l.at
	for i < len(l.src) {
		c := l.src[i]
		if isDigit(rune(c)) {
			l.buf = append(l.buf, c)
		} else if c == '.' && isDigit(l.peek(i+1)) {
			l.buf = append(l.buf, c)
		} else if c != ',' || !isDigit(l.peek(i+1)) || !isDigit(l.peek(i+2)) || !isDigit(l.peek(i+3)) {
			break
		}
		i++
		if len(l.buf)-from > maxWordBytes {
			l.overflow = true
			return
		}
	}
	tail := i
	for tail < len(l.src) && isLetter(l.peek(tail)) {
		_, n := utf8.DecodeRuneInString(l.src[tail:])
		tail += n
	}
	suffix := l.src[i:tail]
	switch {
	case suffix == "k" || suffix == "K":
		l.buf = append(l.buf, "000"...)
		i = tail
	case suffix == "st" || suffix == "nd" || suffix == "rd" || suffix == "th":
		l.buf = append(l.buf, "th"...) // the third is not three
		i = tail
	case len(suffix) == 1: // 5g, 3D, 5m
		l.buf = append(l.buf, lower(suffix[0]))
		l.at = tail
		l.add(l.buf[from:len(l.buf):len(l.buf)], shapeMixed)
		return
	}
	l.at = i
	t := l.buf[from:len(l.buf):len(l.buf)]
	for len(t) > 1 && t[0] == '0' && t[1] != '.' {
		t = t[1:]
	}
	l.add(t, shapeNumber)
	if l.money != "" {
		l.add(l.put(l.money), shapeWord)
		l.money = ""
	}
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// letters reads one word with the signs that belong to it (node.js, c++, at&t, info@acme) and splits
// contractions.
func (l *lexer) letters() {
	from, i := len(l.buf), l.at
	s := shapeWord
	caps, count := true, 0
	upper := unicode.IsUpper(l.peek(i))
	for i < len(l.src) {
		r, n := utf8.DecodeRuneInString(l.src[i:])
		switch {
		case isLetter(r):
			count++
			if r >= 0x80 && !unicode.Is(unicode.Latin, r) && !unicode.IsMark(r) {
				l.foreign++
			}
			if unicode.IsLower(r) {
				caps = false
			}
			l.buf = utf8.AppendRune(l.buf, unicode.ToLower(r))
		case isDigit(r) || r == '_':
			s = shapeMixed
			l.buf = append(l.buf, byte(r))
		case (r == '.' || r == '@' || r == '&') && isLetter(l.peek(i+n)) && (r != '.' || l.dotted(i)):
			s = shapeMixed
			l.buf = append(l.buf, byte(r))
		case (r == '+' || r == '#') && !isLetter(l.peek(i+n)) && !isDigit(l.peek(i+n)):
			s = shapeMixed
			l.buf = append(l.buf, byte(r))
		case (r == '\'' || r == '’') && isLetter(l.peek(i+n)):
			l.buf = append(l.buf, '\'')
		default:
			r = -1
		}
		if r == -1 {
			break
		}
		i += n
		if len(l.buf)-from > maxWordBytes {
			l.overflow = true
			return
		}
	}
	if count == 2 && i-l.at == 2 && upper && !caps && l.src[i-1] == 'b' && isOneOf(l.src[l.at], "KMGT") {
		l.buf = append(l.buf, "it"...) // Mb is not MB, and mb may mean either
	}
	l.at = i
	l.word(l.buf[from:len(l.buf):len(l.buf)], s, upper, caps && count > 1)
}

func isOneOf(c byte, set string) bool {
	for i := range len(set) {
		if set[i] == c {
			return true
		}
	}
	return false
}

// dotted reports whether the dot at i is part of a name, and not the end of a sentence without a space
// after it.
func (l *lexer) dotted(i int) bool {
	return !unicode.IsUpper(l.peek(i + 1))
}

// word adds one word, or the words of a contraction.
func (l *lexer) word(t []byte, s shape, upper, caps bool) {
	if parts, ok := l.lex.whole[string(t)]; ok && !caps {
		for _, p := range parts {
			l.add(l.put(p), shapeWord).upper = false
		}
		return
	}
	owner := false
	if k := len(t) - 2; k > 0 && t[k] == '\'' && t[k+1] == 's' {
		t, owner = t[:k], true
		if w := l.lex.find(t); l.lex.class(w).isOf(classWh | classThere) {
			l.add(t, shapeWord).upper = upper
			l.add(l.put("is"), shapeWord)
			return
		}
	}
	for i, c := range t {
		if c == '\'' {
			t = append(t[:i], t[i+1:]...) // o'reilly, y'all
			break
		}
	}
	if s == shapeWord && len(t) == 1 && (t[0] != 'a' && t[0] != 'i' || t[0] == 'a' && upper && !l.first) {
		s = shapeLetter // vitamin A
	}
	k := l.add(t, s)
	k.upper, k.caps, k.owner = upper, caps, owner
}

// mark opens or closes a quotation. It is not called for an apostrophe within a word.
func (l *lexer) mark(r rune, size int) {
	single := r == '\'' || r == '’' || r == '‘'
	before := l.at > 0 && (isLetter(rune(l.src[l.at-1])) || isDigit(rune(l.src[l.at-1])))
	for l.at += size; !single && l.peek(l.at) == r; {
		l.at += size // ""doubled""
	}
	if l.quote {
		if !single || !isLetter(l.peek(l.at)) {
			l.closeQuote()
		}
		return
	}
	if digit := l.at > size && isDigit(rune(l.src[l.at-size-1])); single && digit && l.peek(l.at) == 's' && !isLetter(l.peek(l.at+1)) && !isDigit(l.peek(l.at+1)) {
		l.at++ // the 60's
		return
	}
	if next := l.peek(l.at); single && (before || !isLetter(next) && !isDigit(next)) {
		return // the dogs' bowls
	}
	l.quote, l.quoteAt = true, len(l.toks)
}

// closeQuote ends a quoted span and keeps its hash. Its words count like others as well.
func (l *lexer) closeQuote() {
	if !l.quote {
		return
	}
	l.quote = false
	h := uint64(0)
	for i := l.quoteAt; i < len(l.toks); i++ {
		if t := &l.toks[i]; t.shape < shapePause {
			h = mix(h, hash(t.text))
		}
	}
	if h != 0 && len(l.quotes) < maxSentences {
		l.quotes = append(l.quotes, h)
	}
}

// signs reads a run of characters that are neither letters nor digits.
func (l *lexer) signs() {
	from := l.at
	attached := from > 0 && l.src[from-1] > ' ' && l.src[from-1] < 0x80
	for l.at < len(l.src) {
		r, n := utf8.DecodeRuneInString(l.src[l.at:])
		if r <= ' ' || isLetter(r) || isDigit(r) || isQuote(r) || unicode.IsSpace(r) {
			break
		}
		l.at += n
	}
	attached = attached || l.at < len(l.src) && l.src[l.at] > ' '
	for l.at > from+1 && isOneOf(l.src[l.at-1], "?!.,;:") && isOperator(rune(l.src[l.at-2])) {
		l.at-- // the end of the sentence is not part of "==="
	}
	run := l.src[from:l.at]
	if cur, ok := currencies[run]; ok {
		l.sign(cur)
		return
	}
	if (run == "-" || run == "−" || run == "*" || run == "/") && l.arithmetic(from) {
		l.add(l.put(run), shapeSymbol)
		return
	}
	code := false
	for _, r := range run {
		code = code || isOperator(r)
	}
	if !attached && run != "&" && run != "%" && (code || run == "()" || run == "[]" || run == "{}" || run == "(,)") {
		l.add(l.put(run), shapeSymbol)
		return
	}
	for _, r := range run {
		l.single(r)
	}
}

// arithmetic reports whether a number follows the sign that began at from, and a number or nothing
// precedes it: 5 - 3, 5*3, -5.
func (l *lexer) arithmetic(from int) bool {
	next := l.at
	for next < len(l.src) && l.src[next] == ' ' {
		next++
	}
	if !isDigit(l.peek(next)) {
		return false
	}
	if from == 0 || l.src[from-1] == ' ' && next == l.at {
		return true
	}
	n := len(l.toks)
	return n > 0 && l.toks[n-1].shape == shapeNumber
}

var currencies = map[string]string{"$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "₹": "rupee"}

// sign reads the sign of a currency before or after its number.
func (l *lexer) sign(name string) {
	if isDigit(l.peek(l.at)) {
		l.money = name
		return
	}
	l.add(l.put(name), shapeWord)
}

func isOperator(r rune) bool {
	switch r {
	case '+', '#', '<', '>', '=', '^', '~', '|', '\\', '&', '%', '@', '$', '*':
		return true
	}
	return r >= 0x80 && unicode.IsSymbol(r)
}

// abbreviated reports whether the last token is a title, whose dot does not end a sentence.
func (l *lexer) abbreviated() bool {
	n := len(l.toks)
	if n == 0 || l.toks[n-1].shape != shapeWord {
		return false
	}
	switch string(l.toks[n-1].text) {
	case "dr", "mr", "mrs", "ms", "prof", "st", "vs", "rs":
		return true
	}
	return false
}

// end adds the end of a sentence, unless the last token is one.
func (l *lexer) end() {
	if n := len(l.toks); n > 0 && l.toks[n-1].shape != shapeEnd {
		l.add(nil, shapeEnd)
	}
	l.first = true
}

func (l *lexer) single(r rune) {
	switch {
	case r == '.' && l.abbreviated():
	case r == '?' || r == '!' || r == '.' || r == '…' || r == ';':
		l.end()
	case r == ',' || r == ':' || r == '(' || r == ')' || r == '—' || r == '–':
		l.add(nil, shapePause)
	case r == '&':
		l.add(l.put("and"), shapeWord)
	case r == '/':
		l.add(l.put("or"), shapeWord)
	case r == '%':
		l.add(l.put("percent"), shapeWord)
	case r == '*' || r == '_' || r == '-':
	case isOperator(r):
		from := len(l.buf)
		l.buf = utf8.AppendRune(l.buf, r)
		l.add(l.buf[from:len(l.buf):len(l.buf)], shapeSymbol)
	}
}
