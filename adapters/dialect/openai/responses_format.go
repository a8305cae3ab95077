package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// format reads text: the format of the answer and its verbosity. If it has other members, it is kept
// unchanged for this face.
func (a *ask) format() {
	raw := a.raw[askText]
	if raw == nil {
		return
	}
	known, some := raw[0] == '{', false
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		some = true
		switch string(key) {
		case "format":
			known = a.answer(value) && known
		case "verbosity":
			text, ok := scan.Inside(value)
			a.Verbose, known = text, known && ok
		default:
			known = false
		}
	}
	if !known || !some {
		a.Shape |= askIsText
		a.keep(askText)
	}
}

// answer reads text.format and reports whether the neutral form holds all of it.
func (a *ask) answer(raw []byte) (known bool) {
	known = true
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			if a.Format == core.FormatSchema && a.Schema == nil {
				a.Format, known = core.FormatJSON, false // all that other formats can express
			}
			return known && a.Format != core.FormatUnsaid
		}
		ok := false
		switch string(key) {
		case "type":
			ok = true
			switch string(value) {
			case `"text"`:
				a.Format = core.FormatText
			case `"json_object"`:
				a.Format = core.FormatJSON
			case `"json_schema"`:
				a.Format = core.FormatSchema
			default:
				ok = false
			}
		case "name":
			a.FormatName, ok = scan.Inside(value)
		case "description":
			a.FormatNote, ok = scan.Inside(value)
		case "schema":
			if ok = value[0] == '{'; ok {
				a.Schema = value
			}
		case "strict":
			var v bool
			if v, ok = scan.Bool(value); ok {
				a.Strict = core.Of(v)
			}
		}
		known = known && ok
	}
}

// thinking reads reasoning. If it has other members, it is kept unchanged for this face.
func (a *ask) thinking() {
	raw := a.raw[askReasoning]
	if raw == nil {
		return
	}
	known, some := raw[0] == '{', false
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		some = true
		text, ok := scan.Inside(value)
		switch string(key) {
		case "effort":
			a.Effort = text
		case "summary":
			a.Summary = text
			if ok && string(text) != "none" {
				a.Shows = core.Yes
			}
		default:
			ok = false
		}
		known = known && ok
	}
	if !known || !some {
		a.Shape |= askIsThinks
		a.keep(askReasoning)
	}
}
