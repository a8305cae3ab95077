package systemd

import (
	"errors"
	"net"
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// talk is both ends of a conversation.
func talk(t *testing.T) (old, fresh *net.UnixConn) {
	t.Helper()
	old, file, err := conversation()
	if err != nil {
		t.Fatal(err)
	}
	fresh, err = unixConn(file)
	file.Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		old.Close()
		fresh.Close()
	})
	return old, fresh
}

// A successor that did not run while its predecessor handed over, and finds its time over when it runs again, serves: the
// predecessor is about to end, and nobody else would.
func TestTheWordIsHeardBehindTime(t *testing.T) {
	old, fresh := talk(t)
	if _, err := old.Write([]byte(wordServe)); err != nil {
		t.Fatal(err)
	}
	if err := takeOver(fresh, -1); err != nil {
		t.Errorf("a successor that was told to serve gave up: %v", err)
	}
}

// One that was told nothing gives up, and its predecessor cannot hand over to it any more.
func TestNoWordIsHeardAfterTheSuccessorGaveUp(t *testing.T) {
	old, fresh := talk(t)
	if err := takeOver(fresh, -1); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a successor that was told nothing: %v", err)
	}
	if _, err := old.Write([]byte(wordServe)); !errors.Is(err, unix.EPIPE) {
		t.Errorf("a word to a successor that gave up: %v", err)
	}
}
