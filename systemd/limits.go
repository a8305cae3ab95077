package systemd

import "time"

const (
	// maxListeners bounds the sockets taken from a supervisor or handed to a
	// successor; the kernel passes at most 253 in one message (unix(7), SCM_RIGHTS).
	maxListeners = 64

	// maxNames bounds the message with the names of handed sockets, in bytes.
	maxNames = 16 << 10

	// notifyWait bounds the wait for a supervisor whose socket is full.
	notifyWait = time.Second

	// readyWait is how long a successor may take to become ready.
	readyWait = 10 * time.Second

	// exitWait is the grace in which a successor that gave up can end by itself,
	// so that its exit status reaches the log, before it is killed.
	exitWait = time.Second

	// agreeWait bounds the successor's waits for its predecessor: for the
	// sockets and for the word that it may serve.
	agreeWait = 5 * time.Second
)
