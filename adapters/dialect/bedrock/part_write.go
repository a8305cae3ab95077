package bedrock

import (
	"encoding/base64"

	"asbru/core"
	"asbru/core/scan"
)

// appendText appends a text, in its original kind of block if own.
func appendText(dst []byte, t *core.Tree, p *core.Part, own bool) []byte {
	switch {
	case own && p.Shape&shapeRaw != 0:
		return append(append(append(dst, `{"citationsContent":`...), p.Raw...), '}')
	case own && p.Shape&shapeGuard != 0:
		dst = scan.AppendQuoted(append(dst, `{"guardContent":{"text":{"text":`...), p.Text)
		return append(appendChain(dst, t, p.More), "}}}"...)
	case p.Cites != 0 || own && p.Shape&shapeCited != 0:
		dst = scan.AppendQuoted(append(dst, `{"citationsContent":{"content":[{"text":`...), p.Text)
		dst = append(dst, `}],"citations":[`...)
		for n := p.Cites; n != 0; {
			var c core.Cite
			if c, n = t.Cited(n); !own && c.Blank() {
				continue
			}
			dst = append(appendCite(dst, &c, own), ',')
		}
		return append(trimComma(dst), "]}}"...)
	}
	dst = scan.AppendQuoted(append(dst, `{"text":`...), p.Text)
	if own {
		dst = appendChain(dst, t, p.More)
	}
	return append(dst, '}')
}

// appendCall appends a call of a tool.
func appendCall(dst []byte, t *core.Tree, p *core.Part, own bool) []byte {
	dst = appendID(append(dst, `{"toolUse":{"toolUseId":`...), p.ID, own)
	dst = scan.AppendQuoted(append(dst, `,"name":`...), p.Name)
	if p.Args != nil || !own {
		dst = appendArgs(append(dst, `,"input":`...), p, own)
	}
	if own {
		dst = appendChain(dst, t, p.More)
	}
	return append(dst, "}}"...)
}

// appendArgs appends the arguments of a call, which must be an object. If they are not, because the model was
// cut off or made a mistake, they become {"arguments": "…"} with their text unchanged.
func appendArgs(dst []byte, p *core.Part, own bool) []byte {
	if own && !p.Wraps {
		return append(dst, p.Args...)
	}
	if len(p.Args) == 0 || !p.Wraps && scan.IsNull(p.Args) {
		return append(dst, "{}"...)
	}
	at := len(dst)
	if !p.Wraps {
		if p.Args[0] == '{' {
			return append(dst, p.Args...)
		}
		return append(scan.AppendEscaped(append(dst, `{"arguments":"`...), p.Args), `"}`...)
	}
	dst = scan.AppendUnescaped(dst, p.Args)
	if object(dst[at:]) {
		return dst
	}
	if blank(p.Args) {
		return append(dst[:at], "{}"...)
	}
	return append(scan.AppendQuoted(append(dst[:at], `{"arguments":`...), p.Args), '}')
}

// object reports whether b is one JSON object.
func object(b []byte) bool {
	for _, c := range b {
		if c == '{' {
			return scan.Valid(b) == nil
		}
		if c > ' ' {
			return false
		}
	}
	return false
}

// appendThought appends a thought with its signature.
func appendThought(dst []byte, t *core.Tree, p *core.Part, own bool) []byte {
	if p.Kind == core.PartVeiled {
		return append(appendVeiled(append(dst, `{"reasoningContent":{"redactedContent":"`...), p.Vendor, p.Sign), `"}}`...)
	}
	dst = append(dst, `{"reasoningContent":{"reasoningText":{`...)
	if p.Text != nil || !own {
		dst = append(scan.AppendQuoted(append(dst, `"text":`...), p.Text), ',')
	}
	if p.Sign != nil {
		dst = append(core.AppendSign(append(dst, `"signature":"`...), core.Anthropic, p.Vendor, p.Sign), `",`...)
	}
	dst = trimComma(dst)
	if own && p.More != 0 {
		at := len(dst)
		if dst = appendChain(dst, t, p.More); dst[at-1] == '{' {
			dst = append(dst[:at], dst[at+1:]...)
		}
	}
	return append(dst, "}}}"...)
}

// appendVeiled appends redactedContent; see unveil.
func appendVeiled(dst []byte, v core.Vendor, sign []byte) []byte {
	if v == core.Amazon {
		return append(dst, sign...)
	}
	if v == core.Anthropic || v == core.NoVendor {
		return base64.StdEncoding.AppendEncode(dst, sign)
	}
	at := len(dst)
	dst = core.AppendSign(dst, core.Anthropic, v, sign)
	end := len(dst)
	dst = base64.StdEncoding.AppendEncode(dst, dst[at:end:end])
	n := copy(dst[at:], dst[end:])
	return dst[:at+n]
}

// appendID appends a toolUseId, which is 1 to 64 of [a-zA-Z0-9_-]. Any other id is replaced by its valid
// characters and a hash, so that a call and its result agree and two calls differ.
func appendID(dst []byte, id core.Text, own bool) []byte {
	dst = append(dst, '"')
	if own || fits(id) {
		return append(append(dst, id...), '"')
	}
	const digits = "0123456789abcdef"
	at := len(dst)
	sum := uint64(14695981039346656037) // FNV-1a
	for _, c := range id {
		sum = (sum ^ uint64(c)) * 1099511628211
		if len(dst)-at < maxID-17 && word(c) {
			dst = append(dst, c)
		}
	}
	dst = append(dst, '-')
	for shift := 60; shift >= 0; shift -= 4 {
		dst = append(dst, digits[sum>>shift&15])
	}
	return append(dst, '"')
}

func fits(id []byte) bool {
	for _, c := range id {
		if !word(c) {
			return false
		}
	}
	return 0 < len(id) && len(id) <= maxID
}

func word(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '_' || c == '-'
}
