package ollama

import (
	"asbru/core"
	"asbru/core/scan"
)

// appendCalls appends tool_calls. With signed they have signatures: for clients, which send calls back as they got
// them.
func appendCalls(dst []byte, t *core.Tree, parts []core.Part, own, signed bool) []byte {
	n := int64(0)
	for i := range parts {
		p := &parts[i]
		if p.Kind != core.PartCall {
			continue
		}
		if n == 0 {
			dst = append(dst, `,"tool_calls":[`...)
		}
		dst = append(comma(dst), '{')
		if p.ID != nil && !(own && p.Shape&partMadeID != 0) {
			dst = scan.AppendQuoted(append(dst, `"id":`...), p.ID)
		}
		if own && p.Shape&partType != 0 {
			dst = append(comma(dst), `"type":"function"`...)
		}
		if !own || p.Shape&partRawFunc == 0 {
			dst = append(comma(dst), `"function":{`...)
			if !own {
				dst = append(scan.AppendInt(append(dst, `"index":`...), n), ',')
			}
			dst = scan.AppendQuoted(append(dst, `"name":`...), p.Name)
			if !own || p.Shape&partNoArgs == 0 {
				dst = appendArgs(append(dst, `,"arguments":`...), p.Args, p.Wraps)
			}
			dst = append(dst, '}')
		}
		if signed && len(p.Sign) > 0 {
			dst = appendSign(dst, "signature", p.Vendor, p.Sign)
		}
		if own {
			dst = appendExtras(dst, t, p.More, false)
		}
		dst = append(dst, '}')
		n++
	}
	if n > 0 {
		dst = append(dst, ']')
	}
	return dst
}

// appendArgs appends arguments as an object, which Ollama requires. Others, such as those that a model has not
// completed, become the member "invalid_arguments" of one.
func appendArgs(dst, args []byte, wraps bool) []byte {
	if len(args) == 0 {
		return append(dst, "{}"...)
	}
	at := len(dst)
	if wraps {
		dst = scan.AppendUnescaped(dst, args)
	} else {
		dst = append(dst, args...)
	}
	if isObject(dst[at:]) {
		return dst
	}
	dst = append(dst[:at], `{"invalid_arguments":"`...)
	if wraps {
		dst = append(dst, args...)
	} else {
		dst = scan.AppendEscaped(dst, args)
	}
	return append(dst, `"}`...)
}

func isObject(raw []byte) bool {
	for _, c := range raw {
		if c > ' ' {
			return c == '{' && scan.Valid(raw) == nil
		}
	}
	return false
}

// appendSign appends a comma and a member with a signature.
func appendSign(dst []byte, key string, v core.Vendor, sign core.Text) []byte {
	dst = append(append(append(dst, `,"`...), key...), `":"`...)
	return append(core.AppendSign(dst, core.Elsewhere, v, sign), '"')
}
