package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"asbru/control"
	"asbru/control/store"
	"asbru/core"
	"asbru/core/config"
)

// A refusal is Bifrost's error object.
type refusal struct {
	Bifrost bool   `json:"is_bifrost_error"` // false, as for all errors of its own API
	Status  int    `json:"status_code"`
	Type    string `json:"type"`
	Error   struct {
		Message  string   `json:"message"`
		Type     string   `json:"type"`
		Code     string   `json:"code"`
		Problems []string `json:"problems,omitempty"` // of a change that cannot be served, a sentence each
	} `json:"error"`
	Extra struct{} `json:"extra_fields"`
	ID    string   `json:"request_id,omitempty"`
}

// Refuse answers with f.
func (h *Handler) Refuse(w http.ResponseWriter, f *core.Fault) { refuse(w, f, nil) }

func refuse(w http.ResponseWriter, f *core.Fault, problems []string) {
	var x refusal
	x.Status, x.Type = f.HTTP(), f.Kind
	if x.Type == "" {
		x.Type = f.Code.String()
	}
	x.Error.Message, x.Error.Type, x.Error.Code, x.Error.Problems = f.Message, f.Code.Kind(), x.Type, problems
	if f.Hint != "" {
		x.Error.Message += "; hint: " + f.Hint
	}
	x.ID = w.Header().Get("X-Request-Id")
	if f.Retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(f.Retry))
	}
	send(w, x.Status, x)
}

// send answers with v as JSON.
func send(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic("BUG: " + err.Error()) // every v consists of plain values
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)+1))
	w.WriteHeader(status)
	w.Write(append(b, '\n'))
}

// The errors of this package are Faults, so that each knows the answer that it leads to.

func invalid(hint, format string, args ...any) error {
	return &core.Fault{Code: core.Invalid, Message: fmt.Sprintf(format, args...), Hint: hint}
}

func conflict(hint, format string, args ...any) error {
	return &core.Fault{Code: core.Invalid, Status: http.StatusConflict, Kind: "conflict", Message: fmt.Sprintf(format, args...), Hint: hint}
}

func missing(format string, args ...any) error {
	return &core.Fault{Code: core.NotFound, Message: fmt.Sprintf(format, args...)}
}

// A rejected change has problems that are Errors.
type rejected struct{ problems []config.Problem }

func (r *rejected) Error() string {
	return fmt.Sprintf("cannot make the change: the configuration would have %d problems", len(r.problems))
}

// reject keeps the Errors of problems.
func reject(problems []config.Problem) error {
	r := &rejected{}
	for _, p := range problems {
		if p.Severity == config.Error {
			r.problems = append(r.problems, p)
		}
	}
	return r
}

// fail answers a request that ended in an error.
func (h *Handler) fail(w http.ResponseWriter, err error) {
	var f *core.Fault
	var r *rejected
	switch {
	case errors.As(err, &f):
		refuse(w, f, nil)
	case errors.As(err, &r):
		var told []string
		for i, p := range r.problems {
			if i == maxTold {
				told = append(told, fmt.Sprintf("%d more", len(r.problems)-i))
				break
			}
			told = append(told, p.String())
		}
		refuse(w, &core.Fault{Code: core.Invalid, Kind: "refused_configuration",
			Message: "cannot make the change, and nothing has changed: " + strings.Join(told, "; ")}, told)
	case errors.Is(err, store.ErrRevision):
		refuse(w, &core.Fault{Code: core.Invalid, Status: http.StatusPreconditionFailed, Kind: "revision_changed", Message: "cannot make the change: " + err.Error(),
			Hint: "read what you change again, and send its ETag in If-Match"}, nil)
	case errors.Is(err, store.ErrUnsure):
		h.o.Log.Error("a change may have been kept or not; if it was, it is served as one that others made and is not in the audit trail", "error", err)
		refuse(w, &core.Fault{Code: core.Overloaded, Kind: "store_unavailable", Message: "cannot tell whether the change was made: the store went away in the middle of it",
			Hint: "read what you change again before you try once more", Retry: 2}, nil)
	case errors.Is(err, store.ErrLost):
		h.o.Log.Error("a change was not kept", "error", err)
		refuse(w, &core.Fault{Code: core.Overloaded, Kind: "store_unavailable", Message: "cannot make the change: the store does not answer", Hint: "what is served stays as it is; try again", Retry: 2}, nil)
	case errors.Is(err, control.ErrRefused):
		refuse(w, &core.Fault{Code: core.Invalid, Message: err.Error()}, nil)
	default:
		h.o.Log.Error("a change failed", "error", err)
		refuse(w, &core.Fault{Code: core.Internal, Message: "cannot make the change: " + err.Error()}, nil)
	}
}
