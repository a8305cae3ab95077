package main

import (
	"errors"
	"io"
	"net"
	"testing"
)

// knock gives the door a connection and returns the other end.
func knock(d *slowDoor) net.Conn {
	a, b := net.Pipe()
	d.take(b)
	return a
}

// closed reports whether the other end is closed.
func closed(c net.Conn) bool {
	_, err := c.Read(make([]byte, 1))
	return errors.Is(err, io.EOF)
}

func TestSlowDoorIsBounded(t *testing.T) {
	d := newSlowDoor()
	var in []net.Conn
	for range slowQueue {
		in = append(in, knock(d))
	}
	if !closed(knock(d)) {
		t.Error("one more than the queue holds was kept")
	}
	c, err := d.Accept()
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if !closed(in[0]) {
		t.Error("the first to come was not the first to be accepted")
	}
	d.Close()
	d.Close()
	for i, c := range in[1:] {
		if !closed(c) {
			t.Fatalf("connection %d stays open behind a closed door", i+1)
		}
	}
	if !closed(knock(d)) {
		t.Error("a closed door takes connections")
	}
	if _, err := d.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept at a closed door: %v", err)
	}
}
