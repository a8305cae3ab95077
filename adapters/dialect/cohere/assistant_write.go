package cohere

import (
	"asbru/core"
	"asbru/core/scan"
)

// planned reports whether a thought is written as tool_plan, the thoughts before calls of tools.
func (a *asked) planned(p *core.Part, t *core.Turn) bool {
	if p.Kind != core.PartThought {
		return false
	}
	if a.own {
		return p.Shape&partPlan != 0
	}
	return len(p.Text) > 0 && calls(a.c.Parts[t.From:t.To])
}

func calls(parts []core.Part) bool {
	for i := range parts {
		if parts[i].Kind == core.PartCall {
			return true
		}
	}
	return false
}

// assistant appends a turn of the model.
func (a *asked) assistant(dst []byte, mark int, t *core.Turn) ([]byte, *core.Fault) {
	at := len(dst)
	dst = append(next(dst, mark), `{"role":"assistant"`...)
	start := len(dst)
	dst, f := a.content(dst, t, false)
	if f != nil {
		return dst, f
	}
	dst = a.plan(dst, t)
	dst = a.toolCalls(dst, t)
	if len(dst) == start && !a.own {
		return dst[:at], nil
	}
	if a.own {
		dst = appendExtras(dst, &a.c.Tree, t.More)
	}
	return append(dst, '}'), nil
}

// plan appends tool_plan, the thoughts of a turn with calls.
func (a *asked) plan(dst []byte, t *core.Turn) []byte {
	n := 0
	for i := t.From; i < t.To; i++ {
		p := &a.c.Parts[i]
		if !a.planned(p, t) {
			continue
		}
		if n++; n == 1 {
			dst = append(dst, `,"tool_plan":"`...)
		} else {
			dst = append(dst, `\n\n`...)
		}
		dst = append(dst, p.Text...)
	}
	if n > 0 {
		dst = append(dst, '"')
	}
	return dst
}

func (a *asked) toolCalls(dst []byte, t *core.Turn) []byte {
	n := 0
	for i := t.From; i < t.To; i++ {
		p := &a.c.Parts[i]
		if p.Kind != core.PartCall {
			continue
		}
		if n++; n == 1 {
			dst = append(dst, `,"tool_calls":[`...)
		} else {
			dst = append(dst, ',')
		}
		if p.ID == nil && !a.own {
			dst = append(dst, `{"id":"call_`...)
			dst = append(scan.AppendInt(dst, int64(a.calls)), '"')
			a.calls++
		} else {
			dst = callHead(dst, p)
		}
		dst = callBody(dst, p, a.own)
		if a.own {
			if len(p.Sign) > 0 && p.Vendor == core.Cohere {
				dst = scan.AppendQuoted(append(dst, `,"signature":`...), p.Sign)
			}
			dst = appendExtras(dst, &a.c.Tree, p.More)
		}
		dst = append(dst, '}')
	}
	if n > 0 {
		dst = append(dst, ']')
	}
	return dst
}

// callHead appends the brace and the id of a call.
func callHead(dst []byte, p *core.Part) []byte {
	dst = append(dst, '{')
	if p.ID != nil {
		dst = scan.AppendQuoted(append(dst, `"id":`...), p.ID)
	}
	return dst
}

// callBody appends the type and the function of a call. Arguments are a string that contains JSON; they may be
// incomplete if the model was cut off.
func callBody(dst []byte, p *core.Part, own bool) []byte {
	if !own || p.Shape&partNoType == 0 {
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = append(dst, `"type":"function"`...)
	}
	if own && p.Shape&partRawFunc != 0 {
		return dst
	}
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	dst = scan.AppendQuoted(append(dst, `"function":{"name":`...), p.Name)
	switch {
	case own && p.Shape&partNoArgs != 0:
	case p.Wraps && (len(p.Args) > 0 || own):
		dst = scan.AppendQuoted(append(dst, `,"arguments":`...), p.Args)
	case len(p.Args) == 0:
		dst = append(dst, `,"arguments":"{}"`...)
	case own:
		dst = append(append(dst, `,"arguments":`...), p.Args...)
	default:
		dst = append(scan.AppendEscaped(append(dst, `,"arguments":"`...), p.Args), '"')
	}
	return append(dst, '}')
}
