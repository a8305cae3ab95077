package rehearse

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A player answers from a tape. It is an [http.Handler].
type player struct {
	tape  []Exchange
	speed float64 // 2 is twice as fast; 0: without pauses

	mu   sync.Mutex
	next map[string]int // index of the next of the exchanges that match a request equally well
}

// find returns the exchange for a request: one with the same body, or else with the same model and kind,
// or else with the same path. Several that match are used in turn.
func (p *player) find(a Ask) *Exchange {
	path, _, _ := strings.Cut(a.Path, "?")
	best, fits := 0, []int(nil)
	for i := range p.tape {
		e := &p.tape[i].Ask
		if at, _, _ := strings.Cut(e.Path, "?"); e.Method != a.Method || at != path {
			continue
		}
		rank := 1
		switch {
		case e.Digest == a.Digest:
			rank = 3
		case e.Model == a.Model && e.Stream == a.Stream:
			rank = 2
		case e.Stream != a.Stream:
			continue // a recorded stream does not answer a request without one
		}
		if rank > best {
			best, fits = rank, fits[:0]
		}
		if rank == best {
			fits = append(fits, i)
		}
	}
	if len(fits) == 0 {
		return nil
	}
	turn := strconv.Itoa(best) + " " + a.Method + " " + path
	if best > 1 {
		turn += " " + a.Model + " " + strconv.FormatBool(a.Stream)
	}
	if best > 2 {
		turn += " " + a.Digest
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.next[turn]
	p.next[turn] = n + 1
	return &p.tape[fits[n%len(fits)]]
}

func (p *player) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxLine))
	if err != nil {
		return
	}
	e := p.find(asked(r.Method, path(r), body))
	if e == nil {
		refuse(w, http.StatusNotFound, "the tape holds no answer to "+r.Method+" "+r.URL.Path)
		return
	}
	if !p.wait(r, e.Answer.After) {
		return
	}
	for name, value := range e.Answer.Head {
		w.Header().Set(name, value)
	}
	w.WriteHeader(e.Answer.Status)
	flush(w)
	for i := range e.Answer.Pieces {
		piece := &e.Answer.Pieces[i]
		b, _ := piece.Bytes() // ReadTape has checked it
		if !p.wait(r, piece.After) {
			return
		}
		if _, err := w.Write(b); err != nil {
			return
		}
		flush(w)
	}
	if e.Answer.Cut {
		panic(http.ErrAbortHandler)
	}
}

// wait returns false if the client has left.
func (p *player) wait(r *http.Request, d Pause) bool {
	if p.speed == 0 || d == 0 {
		return true
	}
	return pause(r, time.Duration(float64(d)/p.speed))
}

func pause(r *http.Request, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

func flush(w http.ResponseWriter) { http.NewResponseController(w).Flush() }

// path returns the path of a request, without parameters that could be credentials.
func path(r *http.Request) string {
	q := r.URL.Query()
	for _, name := range []string{"key", "api_key", "api-key", "access_token", "token", "X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token"} {
		q.Del(name)
	}
	if s := q.Encode(); s != "" {
		return r.URL.EscapedPath() + "?" + s
	}
	return r.URL.EscapedPath()
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	io.WriteString(w, `{"error":{"message":`+strconv.Quote(message)+`,"type":"rehearsal"}}`)
}
