package rehearse

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// kept are the fields of a reply that are recorded; none of them identifies an account.
var kept = []string{"Content-Type", "Retry-After", "Retry-After-Ms", "X-Should-Retry", "X-Amzn-Errortype"}

// keyLike matches text that looks like a credential, as quoted in errors.
var keyLike = regexp.MustCompile(`\b(?:(?:sk|pk|rk|xai|gsk|hf|r8|nvapi|pplx|csk|fw|key)[-_][A-Za-z0-9_\-*.]{8,}|AIza[A-Za-z0-9_\-]{20,}|(?:AKIA|ASIA)[A-Z0-9]{12,}|eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-.]{10,})|(?i:bearer\s+)[A-Za-z0-9_\-.~+/=]{8,}`)

// scrub replaces text in s that looks like a credential.
func scrub(s string) string { return keyLike.ReplaceAllString(s, "[scrubbed]") }

// A recorder passes requests on to a provider and records the answers. It is an
// [http.Handler].
type recorder struct {
	to      *http.Transport
	mu      sync.RWMutex // read-locked by senders on queue
	ended   bool
	queue   chan *Exchange
	done    chan struct{}
	dropped atomic.Int64
	tell    func(problem string)
	once    sync.Once
}

// newRecorder starts recording into the file at path, after its present content.
func newRecorder(path string, dial func(context.Context) (net.Conn, error), tell func(string)) (*recorder, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	r := &recorder{
		tell: tell, queue: make(chan *Exchange, queued), done: make(chan struct{}),
		to: transport(dial),
	}
	go r.write(f)
	return r, nil
}

// write runs in the recorder's writing goroutine.
func (r *recorder) write(f *os.File) {
	defer close(r.done)
	defer f.Close()
	var size int64
	if st, err := f.Stat(); err == nil {
		size = st.Size()
	}
	for e := range r.queue {
		b, err := json.Marshal(e)
		if err == nil && size+int64(len(b)) > maxTape {
			err = errors.New("the tape is full")
		}
		if err == nil {
			var n int
			n, err = f.Write(append(b, '\n'))
			size += int64(n)
		}
		if err != nil {
			r.dropped.Add(1)
			r.once.Do(func() { r.tell("recording has stopped: " + err.Error()) })
		}
	}
}

func (r *recorder) close() {
	r.mu.Lock()
	r.ended = true
	close(r.queue)
	r.mu.Unlock()
	<-r.done
	r.to.CloseIdleConnections()
	if n := r.dropped.Load(); n > 0 {
		r.tell(strconv.FormatInt(n, 10) + " exchanges are not on the tape: they came too fast or were too long")
	}
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, err := io.ReadAll(q.Body)
	if err != nil {
		return
	}
	e := &Exchange{At: time.Now().UTC(), Ask: asked(q.Method, path(q), body)}
	if len(body) <= maxBody {
		e.Ask.Body = scrub(string(body))
	}
	out := q.Clone(q.Context())
	out.URL.Scheme, out.URL.Host, out.RequestURI = "http", q.Host, ""
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	out.Header.Del("Connection")
	began := time.Now()
	a, err := r.to.RoundTrip(out)
	if err != nil {
		panic(http.ErrAbortHandler) // as without the recorder, the gateway gets no answer
	}
	defer a.Body.Close()
	for name, values := range a.Header {
		w.Header()[name] = values
	}
	if a.ContentLength < 0 {
		w.Header().Del("Content-Length")
	}
	w.WriteHeader(a.StatusCode)
	flush(w)
	e.Answer = Answer{Status: a.StatusCode, After: Pause(time.Since(began)), Head: map[string]string{}}
	for _, name := range kept {
		if v := a.Header.Get(name); v != "" {
			e.Answer.Head[name] = v
		}
	}
	whole, left := r.copy(w, a.Body, &e.Answer)
	if !left {
		r.keep(e, whole)
	}
	if e.Answer.Cut {
		panic(http.ErrAbortHandler)
	}
}

// copy passes a body on and records its pieces. whole says that all of them were recorded, left that the
// client has left.
func (r *recorder) copy(w http.ResponseWriter, body io.Reader, a *Answer) (whole, left bool) {
	last, size := time.Now(), 0
	b := make([]byte, readSize)
	for whole = true; ; {
		n, err := body.Read(b)
		if n > 0 {
			now := time.Now()
			if size += n; size > maxBody || len(a.Pieces) == maxPieces {
				whole, a.Pieces = false, nil
			} else if whole {
				p := pieceOf(now.Sub(last), b[:n])
				p.Text = scrub(p.Text)
				a.Pieces = append(a.Pieces, p)
			}
			last = now
			if _, werr := w.Write(b[:n]); werr != nil {
				return false, true
			}
			flush(w)
		}
		if err == nil {
			continue
		}
		a.Cut = err != io.EOF
		return whole, false
	}
}

func (r *recorder) keep(e *Exchange, whole bool) {
	if r.queue == nil { // it only relays
		return
	}
	if !whole {
		r.dropped.Add(1)
		return
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.ended {
		return
	}
	select {
	case r.queue <- e:
	default:
		r.dropped.Add(1)
	}
}
