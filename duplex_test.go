package main

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

func TestDuplexEndsHalfByHalf(t *testing.T) {
	from := &net.TCPAddr{IP: net.IP{203, 0, 113, 7}, Port: 4711}
	ours, theirs := duplex(from)
	if theirs.RemoteAddr() != net.Addr(from) {
		t.Errorf("the peer is %v, want %v", theirs.RemoteAddr(), from)
	}
	go func() {
		io.WriteString(theirs, "the last words")
		theirs.(*half).CloseWrite()
	}()
	if b, err := io.ReadAll(ours); err != nil || string(b) != "the last words" {
		t.Errorf("read %q, %v", b, err)
	}
	go func() {
		io.WriteString(ours, "still heard")
		ours.Close()
	}()
	if b, err := io.ReadAll(theirs); err != nil || string(b) != "still heard" {
		t.Errorf("the other direction: %q, %v", b, err)
	}
	theirs.Close()
}

func TestDuplexDeadlines(t *testing.T) {
	ours, theirs := duplex(doorName{})
	defer ours.Close()
	defer theirs.Close()
	ours.SetDeadline(time.Unix(1, 0))
	_, rerr := ours.Read(make([]byte, 1))
	_, werr := ours.Write([]byte("x"))
	for _, err := range []error{rerr, werr} {
		if !errors.Is(err, os.ErrDeadlineExceeded) || !isTimeout(err) {
			t.Errorf("after the deadline: %v", err)
		}
	}
	ours.SetReadDeadline(time.Time{})
	go theirs.Write([]byte("y"))
	if n, err := ours.Read(make([]byte, 1)); n != 1 || err != nil {
		t.Errorf("read %d bytes, %v", n, err)
	}
}
