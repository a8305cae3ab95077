package body

import (
	"strconv"
	"unicode"
	"unicode/utf8"

	"asbru/core"
	"asbru/core/scan"
)

// name reads a model name. It aliases the body, or p.Names if it holds escapes.
func (r *request) name(raw []byte, param string) ([]byte, *core.Fault) {
	name, ok := scan.Plain(raw)
	if !ok {
		if r.p.Names == nil {
			r.p.Names = make([]byte, core.MaxModelName) // rare: PHP escapes the slash
		}
		room := r.p.Names[r.used:r.used:len(r.p.Names)]
		if len(raw) > 6*core.MaxModelName+2 { // no escape is longer than 6 bytes
			return nil, badName(param)
		}
		if name, ok = scan.Unquote(room, raw); !ok || len(name) > cap(room) {
			return nil, badName(param)
		}
		r.used += len(name)
	}
	if !fit(name) {
		return nil, badName(param)
	}
	return name, nil
}

func badName(param string) *core.Fault {
	return Invalid(param, "cannot use this model name: it must be a string of 1 to "+strconv.Itoa(core.MaxModelName)+" printable bytes without "+forbidden,
		"name a model as GET /v1/models lists it")
}

// forbidden lists what no model is called by and some reader may give a meaning:
// wildcards, templates, quotes. fit knows the same ones.
const forbidden = "%*{}<>\"\\`"

// fit reports whether name may be a model's: it ends up in logs, labels and error
// messages.
func fit(name []byte) bool {
	if len(name) == 0 || len(name) > core.MaxModelName {
		return false
	}
	for i := 0; i < len(name); {
		c := name[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRune(name[i:])
			if !unicode.IsPrint(r) {
				return false
			}
			i += n
			continue
		}
		switch c {
		case '%', '*', '{', '}', '<', '>', '"', '\\', '`', 0x7f:
			return false
		}
		if c < ' ' {
			return false
		}
		i++
	}
	return true
}

// pair reads {"provider": P, "model": M} as the name P/M. What else an object might ask
// for is refused: to leave it out without a word would be another request.
func (r *request) pair(raw []byte) ([]byte, *core.Fault) {
	var provider, model []byte
	for w := scan.Members(raw); ; {
		key, value, more := w.Next()
		if !more {
			break
		}
		var f *core.Fault
		switch string(key) {
		case "provider":
			provider, f = r.name(value, "fallbacks")
		case "model":
			model, f = r.name(value, "fallbacks")
		default:
			f = Invalid("fallbacks", "cannot read fallbacks: objects hold provider and model only", `write {"provider": "openai", "model": "gpt-4o"}, or "openai/gpt-4o"`)
		}
		if f != nil {
			return nil, f
		}
	}
	switch {
	case model == nil:
		return nil, Invalid("fallbacks", "cannot read fallbacks: objects name a model", `write {"provider": "openai", "model": "gpt-4o"}, or "openai/gpt-4o"`)
	case provider == nil:
		return model, nil
	}
	if r.p.Names == nil {
		r.p.Names = make([]byte, core.MaxModelName)
	}
	if n := len(provider) + 1 + len(model); n > len(r.p.Names)-r.used {
		return nil, badName("fallbacks")
	}
	name := r.p.Names[r.used:r.used:len(r.p.Names)]
	name = append(append(append(name, provider...), '/'), model...)
	r.used += len(name)
	return name, nil
}
