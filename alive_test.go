package main

import (
	"net"
	"testing"
)

func TestAnswers(t *testing.T) {
	f := func(name string, end func(net.Conn), want bool) {
		t.Helper()
		ours, theirs := duplex(doorName{})
		defer theirs.Close()
		go end(theirs)
		if got := answers(ours); got != want {
			t.Errorf("%s: answers = %v, want %v", name, got, want)
		}
	}
	read := func(c net.Conn) { c.Read(make([]byte, 1024)) }
	f("an answer", func(c net.Conn) { read(c); c.Write([]byte("HTTP/1.1 200 OK\r\n\r\n")) }, true)
	f("a closed door", func(c net.Conn) { c.Close() }, true)
	f("closed after the request", func(c net.Conn) { read(c); c.Close() }, true)
	f("silence", read, false)
}
