package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
)

// lineByLine gives the SDK of Cohere what it can read of a stream. Its reader takes
// whatever a read returns for a message when no line ends in it, and an empty line for one
// too: a stream whose events come one at a time breaks it, straight from the provider as
// well. So each read returns one whole line of data.
type lineByLine struct{ base http.RoundTripper }

func (l lineByLine) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := l.base.RoundTrip(r)
	if err == nil && strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		resp.Body = &dataLines{from: bufio.NewReader(resp.Body), closer: resp.Body}
	}
	return resp, err
}

// dataLines is a stream without anything but its lines of data.
type dataLines struct {
	from   *bufio.Reader
	closer io.Closer
	left   []byte
}

func (d *dataLines) Read(p []byte) (int, error) {
	for len(d.left) == 0 {
		line, err := d.from.ReadBytes('\n')
		if err != nil {
			return 0, err
		}
		if bytes.HasPrefix(line, []byte("data:")) {
			d.left = line
		}
	}
	n := copy(p, d.left)
	d.left = d.left[n:]
	return n, nil
}

// Close closes the stream.
func (d *dataLines) Close() error { return d.closer.Close() }
