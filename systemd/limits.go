package systemd

import "time"

const (
	// maxListeners bounds the sockets taken from a supervisor or handed to a
	// successor; the kernel passes at most 253 in one message (unix(7), SCM_RIGHTS).
	maxListeners = 64

	// maxNames bounds the message with the names of handed sockets, in bytes.
	maxNames = 16 << 10

	// notifyWait bounds the wait for a supervisor whose socket's queue is full.
	notifyWait = time.Second

	// readyWait is how long a successor may take to become ready.
	readyWait = 10 * time.Second

	// exitWait is how long a successor that gave up may take to exit by itself, so
	// that its exit status can be logged, before it is killed.
	exitWait = time.Second

	// agreeWait bounds the successor's waits for its predecessor: for the sockets and
	// for the permission to serve.
	agreeWait = 5 * time.Second
)
