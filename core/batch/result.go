package batch

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"asbru/core"
	"asbru/core/scan"
)

// A Result is what came of one request.
type Result struct {
	Model  []byte     // that answered; empty: it does not say. It aliases the line
	Usage  core.Usage // as reported
	Failed bool       // no model answered: nothing is charged for it
}

// ReadResult reads one line of results. usage is how the replies of the provider say what they used
// (core.Dialect.ReadUsage). ok is false for what is no result of the form: nobody knows what it came to.
func ReadResult(f Form, line []byte, usage func([]byte, *core.Usage, *core.Forms)) (r Result, ok bool) {
	var reply []byte
	switch f {
	case OpenAI:
		response := member(line, "response")
		if len(response) == 0 || response[0] != '{' {
			failed := member(line, "custom_id") != nil
			return Result{Failed: failed}, failed
		}
		status, said := scan.Whole(member(response, "status_code"))
		if said && (status < 200 || status >= 300) {
			return Result{Failed: true}, true
		}
		reply = member(response, "body")
	case Anthropic:
		result := member(line, "result")
		switch word(member(result, "type")) {
		case "succeeded":
			reply = member(result, "message")
		case "errored", "canceled", "expired":
			return Result{Failed: true}, true
		}
	case Gemini:
		if reply = member(line, "response"); len(reply) == 0 && len(member(line, "error")) > 0 {
			return Result{Failed: true}, true
		}
	}
	if len(reply) == 0 || reply[0] != '{' {
		return Result{}, false
	}
	name := "model"
	if f == Gemini {
		name = "modelVersion"
	}
	r.Model, _ = scan.Plain(member(reply, name))
	usage(reply, &r.Usage, nil)
	return r, true
}

var errLong = errors.New("a line is longer than 16 MiB") // MaxLine

// Lines calls f with each line that is not blank, until the end of r or f reports an error. A line is valid
// during the call. It holds one line at a time.
func Lines(r io.Reader, f func(line []byte) error) error {
	b := bufio.NewReaderSize(r, readBytes)
	var long []byte
	for {
		piece, err := b.ReadSlice('\n')
		if err != nil && err != bufio.ErrBufferFull && err != io.EOF {
			return err
		}
		if len(long)+len(piece) > MaxLine {
			return errLong
		}
		line := piece
		if err == bufio.ErrBufferFull || len(long) > 0 {
			long = append(long, piece...)
			line = long
		}
		if err == bufio.ErrBufferFull {
			continue
		}
		if line = bytes.TrimSpace(line); len(line) > 0 {
			if e := f(line); e != nil {
				return e
			}
		}
		if long = long[:0]; err == io.EOF {
			return nil
		}
	}
}

// Elements is Lines for an array.
func Elements(array []byte, f func(element []byte) error) error {
	w := scan.Elements(array)
	for _, value, ok := w.Next(); ok; _, value, ok = w.Next() {
		if err := f(value); err != nil {
			return err
		}
	}
	return nil
}

// Within returns a reader of r that fails with tooLong once more than n bytes have come.
func Within(r io.Reader, n int64, tooLong error) io.Reader { return &within{r, n, tooLong} }

type within struct {
	r       io.Reader
	left    int64
	tooLong error
}

func (w *within) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if w.left -= int64(n); w.left < 0 {
		return 0, w.tooLong
	}
	return n, err
}
