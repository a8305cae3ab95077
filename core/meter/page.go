package meter

import (
	"strconv"
	"strings"
)

// A page is text in the Prometheus exposition format 0.0.4:
// https://prometheus.io/docs/instrumenting/exposition_formats/
type page struct{ b []byte }

// family begins a metric family. Its samples follow without a gap.
func (p *page) family(name, kind, help string) {
	p.b = append(p.b, "# HELP "...)
	p.b = append(p.b, name...)
	p.b = append(p.b, ' ')
	p.b = append(p.b, help...)
	p.b = append(p.b, "\n# TYPE "...)
	p.b = append(p.b, name...)
	p.b = append(p.b, ' ')
	p.b = append(p.b, kind...)
	p.b = append(p.b, '\n')
}

// name writes the part of a sample before its value. labels are rendered pairs
// separated by commas, or empty.
func (p *page) name(name, labels string) {
	p.b = append(p.b, name...)
	if labels != "" {
		p.b = append(p.b, '{')
		p.b = append(p.b, labels...)
		p.b = append(p.b, '}')
	}
	p.b = append(p.b, ' ')
}

func (p *page) uint(name, labels string, v uint64) {
	p.name(name, labels)
	p.b = append(strconv.AppendUint(p.b, v, 10), '\n')
}

func (p *page) int(name, labels string, v int64) {
	p.name(name, labels)
	p.b = append(strconv.AppendInt(p.b, v, 10), '\n')
}

func (p *page) float(name, labels string, v float64) {
	p.name(name, labels)
	p.b = append(strconv.AppendFloat(p.b, v, 'g', -1, 64), '\n')
}

// label renders one pair. The format has three escapes and requires UTF-8; other
// bytes become U+FFFD.
func label(name, value string) string {
	var b strings.Builder
	b.Grow(len(name) + len(value) + 3)
	b.WriteString(name)
	b.WriteString(`="`)
	for _, r := range value {
		switch r {
		case '\\':
			b.WriteString(`\\`)
		case '"':
			b.WriteString(`\"`)
		case '\n':
			b.WriteString(`\n`)
		default:
			b.WriteRune(r) // range yields utf8.RuneError for an invalid byte
		}
	}
	b.WriteByte('"')
	return b.String()
}

// join joins label pairs; either may be empty.
func join(a, b string) string {
	if a == "" {
		return b
	}
	if b == "" {
		return a
	}
	return a + "," + b
}
