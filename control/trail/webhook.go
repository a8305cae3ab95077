package trail

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// A webhook is a sink that posts lines to a server unchanged. A batch not answered with 2xx is sent
// again, with the same Idempotency-Key if it has the same
// lines; besides, each line has its number. The position is kept in a file.
type webhook struct {
	name   string
	to     string
	secret []byte
	head   http.Header
	place  place
	http   *http.Client
	now    func() time.Time
}

// Webhook returns the sink that posts to an address; secret signs each request, and dir is where the
// position is kept.
func Webhook(name, to string, secret []byte, head http.Header, dir string) Sink {
	return &webhook{name: name, to: to, secret: secret, head: head, place: place{dir: dir, sink: name}, http: newClient(), now: time.Now}
}

func (w *webhook) Name() string { return w.name }

func (w *webhook) Batch() Batch { return Batch{Rows: batchRows, Bytes: batchBytes, Wait: time.Second} }

func (w *webhook) Position(_ context.Context, trail string) (uint64, error) {
	p, err := w.place.load(trail)
	return p.done, err
}

func (w *webhook) Store(ctx context.Context, trail string, rows []Row) error {
	body, last := lines(rows), rows[len(rows)-1].Seq
	stamp := strconv.FormatInt(w.now().Unix(), 10)
	head := w.head.Clone()
	if head == nil {
		head = http.Header{}
	}
	head.Set("Content-Type", "application/x-ndjson")
	head.Set("Idempotency-Key", fmt.Sprintf("%s-%d-%d", trail, rows[0].Seq, last))
	head.Set("X-Asbru-Trail", trail)
	head.Set("X-Asbru-Timestamp", stamp)
	head.Set("X-Asbru-Signature", "v1="+SignatureOf(w.secret, stamp, body))
	_, err := send(ctx, w.http, message{http.MethodPost, w.to, head, body})
	var r *refused
	if n := len(rows) / 2; n > 0 && errors.As(err, &r) && r.status == http.StatusRequestEntityTooLarge {
		if err := w.Store(ctx, trail, rows[:n]); err != nil { // it would be as long the next time
			return err
		}
		return w.Store(ctx, trail, rows[n:])
	}
	if err != nil {
		return fmt.Errorf("cannot post to %s: %w", w.name, err)
	}
	return w.place.save(trail, progress{done: last})
}

// SignatureOf returns what follows "v1=" in X-Asbru-Signature: the HMAC-SHA-256, in hex,
// of the timestamp, a dot and the body.
func SignatureOf(secret []byte, timestamp string, body []byte) string {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(timestamp))
	h.Write([]byte{'.'})
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

// lines joins the lines of rows, each with its line feed.
func lines(rows []Row) []byte {
	n := 0
	for i := range rows {
		n += len(rows[i].Line) + 1
	}
	b := make([]byte, 0, n)
	for i := range rows {
		b = append(append(b, rows[i].Line...), '\n')
	}
	return b
}

func (w *webhook) Expire(context.Context, string, time.Time) error { return nil }

func (w *webhook) Close() error {
	w.http.CloseIdleConnections()
	return nil
}
