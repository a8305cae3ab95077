package quality

import (
	"strconv"
	"strings"
	"testing"

	"asbru/cache/semantic"
)

// A mould is the forms of one question, and the fillings of their slots {0}, {1}, {2}.
type mould struct {
	name     string
	forms    []string
	fillings [][]string
}

// cast returns form number f of m with filling number n.
func (m *mould) cast(f, n int) string {
	s := m.forms[f]
	for i, part := range m.fillings[n] {
		s = strings.ReplaceAll(s, "{"+strconv.Itoa(i)+"}", part)
	}
	return s
}

func moulds(t *testing.T) (all []mould) {
	t.Helper()
	lines(t, "testdata/fresh/slots.txt", func(heading, line string) {
		if len(all) == 0 || all[len(all)-1].name != heading {
			all = append(all, mould{name: heading})
		}
		m := &all[len(all)-1]
		if filling, ok := strings.CutPrefix(line, "= "); ok {
			m.fillings = append(m.fillings, strings.Split(filling, " | "))
			return
		}
		m.forms = append(m.forms, line)
	})
	return all
}

// TestFreshSlots asks every form with every filling after every other filling: with a different number, unit, name,
// direction or "not" it is a different question in any form.
func TestFreshSlots(t *testing.T) {
	x := index(t, semantic.Strict)
	for _, m := range moulds(t) {
		pairs, hits := 0, 0
		each(&m, func(f, n, g, k int) {
			a, b := m.cast(f, n), m.cast(g, k)
			v := x.Judge(a, b, semantic.How{})
			switch {
			case n != k && v.Hit:
				t.Errorf("%s: %q is answered by %q", m.name, b, a)
			case n == k && f != g:
				pairs++
				if v.Hit {
					hits++
				}
			}
		})
		t.Logf("%-14s %d of %d pairs of forms are one question to the guard", m.name, hits, pairs)
	}
}

// each calls do with all pairs of form and filling, each once.
func each(m *mould, do func(f, n, g, k int)) {
	size := len(m.fillings)
	for i := range len(m.forms) * size {
		for j := range i {
			do(i/size, i%size, j/size, j%size)
		}
	}
}
