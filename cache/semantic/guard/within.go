package guard

import "strings"

// withinText are verbs that mean the same only for some things: before the colon the verbs, after it
// those things, one of which must be near the verb in both questions.
const withinText = `
make build create develop: app website site game bot program software
ask post submit: question
add insert attach put upload: picture
crack clear pass: exam interview test
start open launch: bakery cafe restaurant shop store business company
overcome beat fight conquer quit stop break: addiction habit
overcome beat fight conquer: fear anxiety depression laziness procrastination
control manage handle: anger temper stress
build gain develop boost increase improve: confidence self-confidence selfconfidence
solve fix resolve: problem issue error
see watch: movie tvseries video anime
quit leave: job
`

func (g *Guard) fillWithin(text string) map[uint64][]uint64 {
	set := make(map[uint64][]uint64)
	r := reader{g: g}
	stem := func(s string) uint64 {
		w := word{text: []byte(s)}
		return r.stem(&w)
	}
	for line := range strings.Lines(strings.TrimSpace(text)) {
		before, behind, _ := strings.Cut(line, ":")
		verbs := strings.Fields(before)
		for i, a := range verbs {
			for _, b := range verbs[i+1:] {
				key := both(stem(a), stem(b))
				for _, thing := range strings.Fields(behind) {
					set[key] = append(set[key], stem(thing))
				}
			}
		}
	}
	return set
}

// maxBehind is how far a thing may be from its verb, in words that matter.
const maxBehind = 3

// within reports whether words i of a and j of b are verbs that mean the same for the things near them.
func (m *matching) within(i, j int) bool {
	things := m.g.pairs.within[both(m.a[i].stem, m.b[j].stem)]
	if things == nil {
		return false
	}
	for k := max(0, i-maxBehind); k < len(m.a) && k <= i+maxBehind; k++ {
		n := int(m.to[k]) - 1
		if n < j-maxBehind || n > j+maxBehind || n < 0 || k+1 < len(m.a) && m.a[k+1].glued && m.a[k+1].role == m.a[k].role {
			continue // the verb is about the word glued to it: a business account
		}
		for _, thing := range things {
			if m.a[k].stem == thing {
				return true
			}
		}
	}
	return false
}
