package rehearse

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode/utf8"
)

// An Exchange is one line of a tape: a request, and its answer with the times of its pieces.
type Exchange struct {
	At     time.Time `json:"at,omitzero"` // when it was recorded
	Ask    Ask       `json:"ask"`
	Answer Answer    `json:"answer"`
}

// An Ask is the parts of a request by which answers are found.
type Ask struct {
	Method string `json:"method"`
	Path   string `json:"path"`            // with its query, without credentials
	Model  string `json:"model,omitempty"` // in the body; empty: none
	Stream bool   `json:"stream,omitempty"`
	Digest string `json:"digest,omitempty"` // SHA-256 of the body, hex; empty when written by hand: any body
	Body   string `json:"body,omitempty"`
}

// An Answer is a reply in pieces, each with the time since the previous one.
type Answer struct {
	Status int               `json:"status"`
	Head   map[string]string `json:"head,omitempty"`
	After  Pause             `json:"after,omitempty"` // request complete → head
	Pieces []Piece           `json:"pieces,omitempty"`
	Cut    bool              `json:"cut,omitempty"` // the connection broke off after the last piece
}

// A Piece is what one read returned. Text that is not UTF-8 is in Base64.
type Piece struct {
	After  Pause  `json:"after,omitempty"`
	Text   string `json:"text,omitempty"`
	Base64 string `json:"base64,omitempty"`
}

func pieceOf(after time.Duration, b []byte) Piece {
	if utf8.Valid(b) {
		return Piece{After: Pause(after), Text: string(b)}
	}
	return Piece{After: Pause(after), Base64: base64.StdEncoding.EncodeToString(b)}
}

// Bytes returns the bytes of the Piece.
func (p *Piece) Bytes() ([]byte, error) {
	if p.Base64 != "" {
		return base64.StdEncoding.DecodeString(p.Base64)
	}
	return []byte(p.Text), nil
}

// A Pause is a duration that is written as text: "120ms".
type Pause time.Duration

// MarshalText implements encoding.TextMarshaler.
func (p Pause) MarshalText() ([]byte, error) {
	return []byte(time.Duration(p).Round(time.Microsecond).String()), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *Pause) UnmarshalText(b []byte) error {
	d, err := time.ParseDuration(string(b))
	if err == nil && d < 0 {
		err = fmt.Errorf("the pause %s is negative", d)
	}
	*p = Pause(d)
	return err
}

// ReadTape reads the exchanges of a tape, each a line of JSON. Empty lines and lines that begin with # are
// skipped.
func ReadTape(r io.Reader) ([]Exchange, error) {
	var all []Exchange
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, readSize), maxLine)
	for n := 1; lines.Scan(); n++ {
		line := lines.Bytes()
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		var e Exchange
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if e.Answer.Status < 200 || e.Answer.Status > 599 {
			return nil, fmt.Errorf("line %d: the status %d is none of an answer", n, e.Answer.Status)
		}
		for i := range e.Answer.Pieces {
			if _, err := e.Answer.Pieces[i].Bytes(); err != nil {
				return nil, fmt.Errorf("line %d: piece %d: %w", n, i, err)
			}
		}
		all = append(all, e)
	}
	return all, lines.Err()
}

// asked returns the Ask of a request.
func asked(method, path string, body []byte) Ask {
	var v struct {
		Model  string
		Stream bool
	}
	json.Unmarshal(body, &v)
	sum := sha256.Sum256(body)
	return Ask{Method: method, Path: path, Model: v.Model, Stream: v.Stream, Digest: hex.EncodeToString(sum[:])}
}
