package price

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"asbru/core"
)

// Source is where a price of the built-in catalogue says it is from.
const Source = "catalogue"

// catalogue is the built-in sheet. Where its figures are from stands at its head.
//
//go:embed catalogue.txt
var catalogue string

// A Sheet is a file of prices: sections, each headed by a provider's type in brackets,
// of rows that begin with a model's name. # begins a comment. A name that ends in * is for
// all names that begin so. Rows of one name hold from their days on, one after the other.
type Sheet struct {
	name     string
	sections map[string]string // rows as they stand, by provider type
	lines    map[string]int    // the line behind a section's head

	mu   sync.Mutex                        // nobody who serves a request asks
	read map[string]map[string]*core.Price // by provider type, those that were asked for
	days map[string]map[string]int64       // of these, the rows that do not hold since ever: from when, in Unix seconds
}

// A Problem is something wrong with a sheet.
type Problem struct {
	Line    int
	Message string
}

// BuiltIn is the catalogue that the program was built with. It is read once.
func BuiltIn() *Sheet { return builtIn() }

var builtIn = sync.OnceValue(func() *Sheet {
	s, bad := Read(Source, catalogue)
	if len(bad) > 0 {
		panic(fmt.Sprintf("BUG: the catalogue is broken at line %d: %s", bad[0].Line, bad[0].Message))
	}
	return s
})

// Read finds the sections of a sheet. The rows are read when somebody asks for them, or by Check.
func Read(name, text string) (*Sheet, []Problem) {
	s := &Sheet{name: name, sections: map[string]string{}, lines: map[string]int{},
		read: map[string]map[string]*core.Price{}, days: map[string]map[string]int64{}}
	if len(text) > MaxSheetBytes {
		return s, []Problem{{1, fmt.Sprintf("is %d bytes long; a file of prices has at most %d", len(text), MaxSheetBytes)}}
	}
	var bad []Problem
	head, begin, line := "", 0, 0
	for at := 0; at < len(text); {
		line++
		end := strings.IndexByte(text[at:], '\n')
		if end < 0 {
			end = len(text) - at
		}
		if text[at] == '[' {
			s.sections[head] = text[begin:at]
			head, _, _ = strings.Cut(text[at+1:at+end], "]")
			if _, twice := s.sections[head]; twice || head == "" {
				bad = append(bad, Problem{line, fmt.Sprintf("the section [%s] is there already, or has no name", head)})
			}
			begin = min(at+end+1, len(text))
			s.lines[head] = line
		}
		at += end + 1
	}
	s.sections[head] = text[begin:]
	if strings.TrimSpace(uncommented(s.sections[""])) != "" {
		bad = append(bad, Problem{1, "rows stand before the first section; write [openai], or another provider's type, above them"})
	}
	delete(s.sections, "")
	return s, bad
}

func uncommented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		rest, _, _ := strings.Cut(line, "#")
		b.WriteString(rest)
	}
	return b.String()
}

// Check reads all of s and tells what is wrong, at most maxTold problems.
func (s *Sheet) Check() []Problem {
	var bad []Problem
	for _, head := range s.Providers() {
		_, told := s.rows(head)
		bad = append(bad, told...)
	}
	slices.SortFunc(bad, func(a, b Problem) int { return a.Line - b.Line })
	return bad[:min(len(bad), maxTold)]
}

// Providers are the types of provider that s has prices of, in order.
func (s *Sheet) Providers() []string {
	out := make([]string, 0, len(s.sections))
	for head := range s.sections {
		out = append(out, head)
	}
	slices.Sort(out)
	return out
}

// rows reads the section of one provider.
func (s *Sheet) rows(head string) (map[string][]*row, []Problem) {
	rows := map[string][]*row{}
	var bad []Problem
	line := s.lines[head]
	for text := range strings.Lines(s.sections[head]) {
		line++
		text, _, _ = strings.Cut(text, "#")
		fields := strings.Fields(text)
		if len(fields) == 0 {
			continue
		}
		name := lower(fields[0])
		err := error(nil)
		var r *row
		switch {
		case len(text) > maxRowBytes:
			err = fmt.Errorf("is longer than %d bytes", maxRowBytes)
		case len(name) > core.MaxModelName:
			err = fmt.Errorf("a model's name has at most %d bytes", core.MaxModelName)
		case len(rows) == maxRows:
			err = fmt.Errorf("a provider has at most %d models", maxRows)
		default:
			r, err = parseRow(fields[1:])
		}
		if err == nil && slices.ContainsFunc(rows[name], func(o *row) bool { return o.from == r.from }) {
			err = errTwice
		}
		if err != nil {
			bad = append(bad, Problem{line, fmt.Sprintf("%s/%s: %v", head, name, err)})
			continue
		}
		rows[name] = append(rows[name], r)
	}
	return rows, bad
}

// lower is s with ASCII letters in lower case: providers differ in how they write names.
func lower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// prices are the rows of one provider as Prices, those of several days chained, and the day of each that does not hold since
// ever. The maps must not be changed.
func (s *Sheet) prices(head string) (prices map[string]*core.Price, days map[string]int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.read[head] == nil {
		s.read[head], s.days[head] = s.chained(head)
	}
	return s.read[head], s.days[head]
}

func (s *Sheet) chained(head string) (out map[string]*core.Price, days map[string]int64) {
	rows, _ := s.rows(head) // what is wrong was told by Check
	out, days = make(map[string]*core.Price, len(rows)), map[string]int64{}
	for name, list := range rows {
		byDay(list)
		var first, last *core.Price
		for _, r := range list {
			p := r.price(head+"/"+name, s.name)
			if last == nil {
				first = p
			} else {
				last.Next, last.Until = p, r.from
			}
			last = p
		}
		if out[name] = first; list[0].from != 0 {
			days[name] = list[0].from
		}
	}
	return out, days
}

// Append writes s as Read reads it, without its comments: sections and rows in order.
func (s *Sheet) Append(dst []byte) []byte {
	for i, head := range s.Providers() {
		if i > 0 {
			dst = append(dst, '\n')
		}
		dst = s.Section(dst, head)
	}
	return dst
}

// Section appends the section of one type of provider, with its head.
func (s *Sheet) Section(dst []byte, head string) []byte {
	dst = append(append(append(dst, '['), head...), "]\n"...)
	rows, _ := s.rows(head)
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		byDay(rows[name])
		for _, r := range rows[name] {
			dst = append(r.append(append(dst, name...)), '\n')
		}
	}
	return dst
}
