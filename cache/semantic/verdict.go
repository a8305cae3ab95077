package semantic

import (
	"asbru/cache/semantic/guard"
	"asbru/cache/semantic/near"
)

// An ID names an answer: the digest it is kept under.
type ID = near.ID

// A Tier is how an entry was found.
type Tier uint8

const (
	None      Tier = iota
	Canonical      // the same words asked for the same
	Near           // near, and the guard had no objection
)

func (t Tier) String() string { return [...]string{"none", "canonical", "semantic"}[t] }

// A Verdict is what came of a look-up, and why.
type Verdict struct {
	Hit  bool
	Tier Tier
	// ID is that of the answer; without a hit, of the nearest entry the guard refused, and
	// zero when nothing was near.
	ID         ID
	Similarity float32 // cosine; 1 for a canonical hit that nobody asked the cosine of
	Threshold  float32 // what it had to reach
	// Skipped says why the question was not compared at all; empty: it was.
	Skipped string
	guard   guard.Verdict
}

// Guard is what the guard found, in a word: "pass", "number", "name", "order"; "off" in
// relaxed mode, "none" where nothing was near enough to ask.
func (v *Verdict) Guard() string {
	switch {
	case v.Skipped != "":
		return "skipped"
	case v.Tier == None && v.ID == (ID{}):
		return "none"
	case v.guard.Rule == off:
		return "off"
	}
	return v.guard.Rule.String()
}

// Explain is Guard with the word that was objected to, or why nothing was compared. It
// allocates.
func (v *Verdict) Explain() string {
	switch g := v.Guard(); {
	case v.Skipped != "":
		return v.Skipped
	case v.guard.Word() != "" && g != "off" && g != "none":
		return g + ": " + v.guard.Word()
	default:
		return g
	}
}

// off stands for the guard's word where it was not asked.
const off guard.Rule = 255
