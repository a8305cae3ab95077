package core

import "strings"

// Forms remember how the ends of recent texts were written that differ in nothing but their numbers, such as the usage
// at the end of a provider's replies. Such an end is compared with one that was read before. That takes a fifth of the
// instructions of reading it, and far fewer branches, which a processor has forgotten from one request to the next.
//
// A reader asks Read first. If the form is new to it, the reader calls Begin, reads the text, calls Note for each
// number that it uses, in their order, and then Learn if the text was good.
//
// Forms belong to one goroutine, and allocate nothing. The zero Forms know none; nil ones never learn any.
type Forms struct {
	found  [maxNumbers]Counted
	notes  [maxNumbers]note
	noted  int // of notes; more than maxNumbers: there was no room for all
	next   int // of set: where the next form goes
	missed int // texts in a row that no form fitted
	set    [maxForms]form
}

// A Counted is a number of a text, and what it counts, by the reckoning of the reader that noted it: never 0.
type Counted struct {
	Role uint8
	N    int64
}

// A note says what a number counts, and how many bytes of the text follow it.
type note struct {
	left int
	role uint8
}

// A form is the end of a text and where its numbers stand.
type form struct {
	n, numbers, noted int // bytes, numbers, and how many of those were noted; no bytes: there is no form
	text              [maxForm]byte
	at                [maxNumbers]number
}

// A number is one of a form's. If nobody noted it, role is 0, and any number of JSON may take its place; otherwise
// only a whole one without a sign or an exponent.
type number struct {
	from, to uint16
	next     uint16 // where the number behind it begins, or the form ends
	role     uint8
}

// Read returns the noted numbers at the end of a text, in their order, if an end of the same form was learnt. They are
// valid until the next call. The end begins at text[at]; -1: its form is not known.
func (fs *Forms) Read(text []byte) (found []Counted, at int) {
	if fs == nil {
		return nil, -1
	}
	for i := range fs.set {
		f := &fs.set[i]
		if f.n == 0 {
			break
		}
		if at := f.read(text, &fs.found); at >= 0 {
			fs.missed = 0
			return fs.found[:f.noted], at
		}
	}
	return nil, -1
}

// read puts the noted numbers at the end of a text into found, and returns where the end begins; -1 if it has another
// form. It goes from the last byte to the first.
func (f *form) read(text []byte, found *[maxNumbers]Counted) (at int) {
	n := f.noted
	for i := f.numbers - 1; i >= 0; i-- {
		a := &f.at[i]
		same := f.text[a.to:a.next]
		rest := len(text) - len(same)
		if rest <= 0 || string(text[rest:]) != string(same) {
			return -1
		}
		text = text[:rest]
		if a.role == 0 {
			if rest = numberAt(text); rest < 0 {
				return -1
			}
			text = text[:rest]
			continue
		}
		v, scale := int64(0), int64(1)
		for rest > 0 && text[rest-1]-'0' <= 9 && scale < mostScale {
			rest--
			v += int64(text[rest]-'0') * scale
			scale *= 10
		}
		if scale == 1 || text[rest] == '0' && scale > 10 {
			return -1
		}
		n--
		found[n] = Counted{a.role, v}
		text = text[:rest] // what is before the number of the form is before this one too, or the next comparison fails
	}
	first := f.text[:f.at[0].from]
	if at = len(text) - len(first); at < 0 || string(text[at:]) != string(first) {
		return -1
	}
	return at
}

// numberAt returns where the number begins that text ends with; -1: it ends with none.
func numberAt(text []byte) int {
	i := len(text)
	for i > 0 && isNumeric(text[i-1]) {
		i--
	}
	if i == len(text) || numberEnd(text[i:]) != len(text)-i {
		return -1
	}
	return i
}

// numberEnd returns how long the number is that text begins with (RFC 8259, section 6); 0: there is none.
func numberEnd(text []byte) int {
	i := 0
	if i < len(text) && text[i] == '-' {
		i++
	}
	first := i
	for i < len(text) && text[i]-'0' <= 9 {
		i++
	}
	if i == first || i > first+1 && text[first] == '0' {
		return 0
	}
	if i < len(text) && text[i] == '.' {
		if i++; !digitAt(text, i) {
			return 0
		}
		for digitAt(text, i) {
			i++
		}
	}
	if i < len(text) && text[i]|' ' == 'e' {
		if i++; i < len(text) && (text[i] == '+' || text[i] == '-') {
			i++
		}
		if !digitAt(text, i) {
			return 0
		}
		for digitAt(text, i) {
			i++
		}
	}
	if i < len(text) && isNumeric(text[i]) {
		return 0
	}
	return i
}

func digitAt(text []byte, i int) bool { return i < len(text) && text[i]-'0' <= 9 }

// isNumeric reports whether c can be part of a number.
func isNumeric(c byte) bool {
	return c-'0' <= 9 || c == '.' || c == '-' || c == '+' || c|' ' == 'e'
}

// Begin is called before a text is read whose form may be learnt.
func (fs *Forms) Begin() {
	if fs != nil {
		fs.noted = 0
	}
}

// Note says that a number with so many bytes of the text behind it counts what role says, which is not 0.
func (fs *Forms) Note(left int, role uint8) {
	if fs == nil {
		return
	}
	if fs.noted < len(fs.notes) {
		fs.notes[fs.noted] = note{left, role}
	}
	fs.noted++
}

// Learn remembers the form of the end of a text that was read since Begin. It gives up for a while if no text fits
// those that were learnt before: then the texts differ in more than their numbers. An end in which a number was noted
// that is not a whole one is not learnt, and neither is one without numbers.
func (fs *Forms) Learn(end []byte) {
	if fs == nil || fs.noted == 0 || fs.noted > maxNumbers || len(end) > maxForm {
		return
	}
	if fs.missed++; fs.missed > patience && fs.missed%pause != 0 {
		return
	}
	var f form
	if f.learn(end, fs.notes[:fs.noted]) {
		fs.set[fs.next] = f
		fs.next = (fs.next + 1) % maxForms
	}
}

// learn makes f the form of a text, with at least one note. It reports false if that has too many numbers, or a noted
// one that is not whole.
func (f *form) learn(text []byte, notes []note) bool {
	f.n, f.noted = copy(f.text[:], text), len(notes)
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '"':
			if i = stringEnd(text, i); i < 0 {
				return false
			}
		case c != '-' && c-'0' > 9:
			i++
		default:
			end := numberEnd(text[i:])
			if end == 0 || !apart(text, i, i+end) || f.numbers == maxNumbers {
				return false
			}
			a := number{from: uint16(i), to: uint16(i + end)}
			if len(notes) > 0 && len(text)-notes[0].left == i+end {
				if a.role = notes[0].role; !isWhole(text[i : i+end]) {
					return false
				}
				notes = notes[1:]
			}
			f.at[f.numbers] = a
			f.numbers++
			i += end
		}
	}
	for i := range f.numbers {
		if f.at[i].next = uint16(len(text)); i+1 < f.numbers {
			f.at[i].next = f.at[i+1].from
		}
	}
	return len(notes) == 0
}

// apart reports whether nothing but JSON's punctuation and blanks touches text[from:to]. A text that is not JSON has no form.
func apart(text []byte, from, to int) bool {
	return from > 0 && strings.IndexByte(":,[ \t\r\n", text[from-1]) >= 0 && (to == len(text) || strings.IndexByte(",]} \t\r\n", text[to]) >= 0)
}

// isWhole reports whether a number has nothing but digits, of which an int64 has room for all.
func isWhole(number []byte) bool {
	for _, c := range number {
		if c-'0' > 9 {
			return false
		}
	}
	return len(number) <= maxDigits
}

// stringEnd returns the end of the string that begins at text[i]; -1: it does not end.
func stringEnd(text []byte, i int) int {
	for i++; i < len(text); i++ {
		switch text[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return -1
}

const (
	maxForm    = 512                       // bytes of a text that is remembered
	maxNumbers = 32                        // in it
	maxForms   = 4                         // texts that are remembered: a gateway rarely asks more kinds of providers in turn
	maxDigits  = 18                        // of a number that is noted: it fits an int64
	mostScale  = 1_000_000_000_000_000_000 // ten to the power of maxDigits
	patience   = 16                        // texts that fit no form before learning gives up
	pause      = 256                       // texts until it tries again
)
