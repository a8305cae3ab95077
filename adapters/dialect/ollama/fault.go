package ollama

import (
	"asbru/core"
	"asbru/core/scan"
)

// appendFault is the dialect's AppendFault: {error}, and the request id next to it.
func appendFault(dst []byte, f *core.Fault, id []byte) []byte {
	dst = scan.AppendEscaped(append(dst, `{"error":"`...), f.Message)
	if f.Hint != "" {
		dst = scan.AppendEscaped(append(dst, "; hint: "...), f.Hint)
	}
	dst = scan.AppendString(append(dst, `","request_id":`...), id)
	return append(dst, '}')
}

// appendStreamFault is the dialect's AppendStreamFault: the same as a line, which clients raise.
func appendStreamFault(dst []byte, f *core.Fault, id []byte) []byte {
	return append(appendFault(dst, f, id), '\n')
}

// readFault is the dialect's ReadFault.
func readFault(b []byte, f *core.Fault) {
	w := scan.Members(b)
	for {
		key, value, ok := w.Next()
		if !ok {
			return
		}
		if string(key) != "error" {
			continue
		}
		if text, ok := scan.Unquote(nil, value); ok {
			f.Message = string(text)
		}
	}
}
