package api

import (
	"encoding/json"
	"net/http"
	"strconv"

	"asbru/core"
)

// A refusal is OpenAI's error object:
// https://platform.openai.com/docs/guides/error-codes
type refusal struct {
	Error struct {
		Message string  `json:"message"`
		Type    string  `json:"type"`
		Param   *string `json:"param"`
		Code    string  `json:"code"`
	} `json:"error"`
	ID string `json:"request_id"`
}

// refuse answers with f. The id is in the answer's head already.
func refuse(w http.ResponseWriter, f *core.Fault) {
	var x refusal
	x.Error.Message, x.Error.Type, x.Error.Code = f.Message, f.Code.Kind(), f.Code.String()
	if f.Hint != "" {
		x.Error.Message += "; hint: " + f.Hint
	}
	x.ID = w.Header().Get("X-Request-Id")
	if f.Retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.Retry))
	}
	send(w, f.Code.Status(), x)
}

// send answers with v as JSON. Every v is a plain struct of this package, which
// cannot fail to marshal.
func send(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)+1))
	w.WriteHeader(status)
	w.Write(append(b, '\n'))
}

// shown quotes text from a client, cut and reduced to printable ASCII.
func shown(s string) string {
	if len(s) > maxShown {
		return strconv.QuoteToASCII(s[:maxShown]) + " (cut)"
	}
	return strconv.QuoteToASCII(s)
}
