package openai

import (
	"strings"
	"unicode/utf8"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// readFault is the dialect's ReadFault. Providers with this dialect have different forms of errors: it reads
// OpenAI's {error: {message, type, param, code}}, the same without error (Mistral), {code, error} (xAI),
// {detail} (servers made with FastAPI), {errors} (Cloudflare), and plain text.
func readFault(text []byte, f *core.Fault) {
	text = trim(text)
	if len(text) > 0 && text[0] == '[' {
		w := scan.Elements(text)
		_, text, _ = w.Next()
	}
	if !opens(text) {
		if len(text) > 0 && text[0] != '<' && text[0] != '[' && utf8.Valid(text) && scan.Valid(text) != nil {
			f.Message = body.CutMessage(strings.TrimSpace(string(text)))
		}
		return
	}
	readFaultObject(text, f)
}

// bareFault reports whether an event without choices is an error without a member error: {object: "error",
// message} of old vLLM, {message, type, code} of Cerebras, {error_code, message} of Databricks, {detail} and
// {errors}.
func bareFault(data []byte) bool {
	said, kind := false, false
	w := scan.Members(data)
	for {
		key, value, ok := w.Next()
		if !ok {
			return said && kind
		}
		if !filled(value) && !isNumber(value) {
			continue
		}
		switch string(key) {
		case "object":
			kind = kind || string(value) == `"error"`
		case "message":
			said = said || value[0] == '"'
		case "type", "code", "error_code", "status":
			kind = true
		case "detail", "errors":
			said, kind = said || value[0] != '{', true
		}
	}
}

func readFaultObject(raw []byte, f *core.Fault) {
	var kind, code, param, detail []byte
	w := scan.Members(raw)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		switch string(key) {
		case "message":
			setMessage(f, value)
		case "type", "error_type":
			kind = value
		case "code", "error_code":
			code = value
		case "param":
			param = value
		case "detail", "details":
			detail, f.Retry = value, body.Delay(value)
		case "error":
			if opens(value) {
				readFaultObject(value, f)
			} else {
				setMessage(f, value)
			}
		case "errors":
			list := scan.Elements(value)
			if _, first, _ := list.Next(); opens(first) {
				readFaultObject(first, f)
			}
		case "metadata": // OpenRouter: the error of its provider
			f.Again = moment(memberOf(value, "headers"))
			if said := decoded(memberOf(value, "raw")); said != "" && strings.HasPrefix(f.Message, "Provider returned error") {
				f.Message = body.CutMessage(f.Message + ": " + said)
			}
		}
	}
	if f.Message == "" {
		setDetail(f, detail)
	}
	if f.Retry == 0 && f.Again == 0 {
		f.Retry = pause(f.Message)
	}
	// xAI answers 400 where others answer 401, and so does Gemini in this format.
	f.BadKey = f.BadKey || strings.HasPrefix(f.Message, "Incorrect API key provided") || strings.HasPrefix(f.Message, "API key not valid")
	if p := decoded(param); p != "" {
		f.Param = p
	}
	if c := decoded(code); isWord(c) {
		f.Kind = c
	} else if k := decoded(kind); isWord(k) && f.Kind == "" {
		f.Kind = k
	}
}

// setDetail reads detail: text, or a list of {loc, msg}.
func setDetail(f *core.Fault, raw []byte) {
	if setMessage(f, raw); f.Message != "" {
		return
	}
	w := scan.Elements(raw)
	if _, first, _ := w.Next(); opens(first) {
		raw = first
	}
	if setMessage(f, memberOf(raw, "msg")); f.Message == "" {
		setMessage(f, memberOf(raw, "message"))
	}
}

func setMessage(f *core.Fault, raw []byte) {
	if text := decoded(raw); text != "" {
		f.Message = body.CutMessage(text)
	}
}

// decoded returns the decoded text of a string, "" for any other value.
func decoded(raw []byte) string {
	text := quoted(raw)
	if text == nil {
		return ""
	}
	return string(scan.AppendUnescaped(nil, text))
}

// isWord reports whether s is a word for a kind of error, and not the number of a status.
func isWord(s string) bool {
	return s != "" && len(s) <= 64 && (s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z') && !strings.ContainsAny(s, " \n\t")
}
