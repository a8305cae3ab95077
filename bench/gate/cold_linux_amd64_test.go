package main

import "testing"

func TestForgetter(t *testing.T) {
	forget, err := forgetter()
	if err != nil {
		t.Skip("no code can be made here: ", err)
	}
	for range 3 {
		forget() // and comes back
	}
}

func TestWhole(t *testing.T) {
	f := func(message string, want bool) {
		t.Helper()
		if got := whole([]byte(message)); got != want {
			t.Errorf("%q is whole: %v, want %v", message, got, want)
		}
	}
	f("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", true)
	f("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nX: y\r\n\r\n{}", true)
	f("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{", false)
	f("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", false)
	f("HTTP/1.1 200 OK\r\n\r\n{}", false)
}
