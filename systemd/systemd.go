// Package systemd is how the process and whoever supervises it talk: readiness,
// watchdog and sockets from systemd, and the upgrade in place that
// needs no supervisor at all.
//
// It speaks the documented protocols itself (sd_notify(3), sd_listen_fds(3),
// systemd.exec(5)): a few environment variables, one datagram socket and
// inherited descriptors. It refuses to decide anything: when to be ready, when
// to drain and what to serve belong to the caller. It never takes the
// descriptor of a listener through os.File.Fd, which would clear O_NONBLOCK on
// the description that both processes share and hang the one that accepts.
//
// Outside a supervisor every call is harmless: Notify and Watchdog do nothing,
// Listeners finds nothing. On systems other than Linux sockets can neither be
// inherited nor handed over; HandOver.Start says so with ErrUnsupported.
package systemd

import "errors"

// ErrUnsupported: this operating system cannot do what was asked.
var ErrUnsupported = errors.New("not supported on this operating system")
