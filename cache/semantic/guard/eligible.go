package guard

// The reasons why a text may be answered only by an entry of the same text.
const (
	WhyLong    = "it is longer than the guard compares"
	WhyCode    = "it holds code"
	WhyForeign = "it is not in English"
	WhyTime    = "its answer changes with time"
	WhyPoint   = "it points at something outside of it"
	WhyAccount = "it asks about something of the caller's own"
	WhyEmpty   = "no word of it matters"
)

// Ineligible returns why f may be answered only by an entry of the same text; empty: it may be
// compared with others.
func (f *Form) Ineligible() string { return f.why }

// maxSigns is the most operators that a question may contain. With more it is code.
const maxSigns = 4

func (r *reader) eligible() string {
	f := r.f
	switch {
	case f.lexer.overflow:
		return WhyLong
	case f.lexer.foreign > 0 || r.foreign >= 2 && r.foreign > r.english:
		return WhyForeign
	case len(f.words) == 0:
		return WhyEmpty
	}
	signs := 0
	for i := range r.toks {
		t := &r.toks[i]
		if t.shape == shapeSymbol {
			signs++
		}
		if t.quoted || t.shape > shapeMixed {
			continue
		}
		switch c := r.lex().class(t.word); {
		case c.isOf(classTime):
			return WhyTime
		case c.isOf(classPoint):
			return WhyPoint
		case r.lex().word(t, "my") && r.owns(r.toks[i+1:]):
			return WhyAccount
		case r.lex().word(t, "last") && i+1 < len(r.toks) && recent[string(r.toks[i+1].text)]:
			return WhyTime
		}
	}
	if signs > maxSigns {
		return WhyCode
	}
	return ""
}

var recent = map[string]bool{"night": true, "week": true, "month": true, "year": true, "quarter": true}

// owns reports whether one of the next words is something that an account holds, such as an order.
func (r *reader) owns(toks []token) bool {
	for i := range toks {
		t := &toks[i]
		if i > 2 || t.shape >= shapePause || r.lex().is(t, classIdle) {
			return false
		}
		if r.lex().is(t, classAccount) {
			return true
		}
		if n := len(t.text); n > 2 && t.text[n-1] == 's' && r.lex().class(r.lex().find(t.text[:n-1])).isOf(classAccount) {
			return true
		}
	}
	return false
}
