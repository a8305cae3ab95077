// Package systemd is the interface between the process and its supervisor: readiness,
// watchdog and sockets from systemd, and upgrades in place, which need no supervisor.
//
// It implements the documented protocols itself (sd_notify(3), sd_listen_fds(3),
// systemd.exec(5)): a few environment variables, one datagram socket and inherited
// descriptors. It refuses to decide anything: the caller decides when to be ready, when
// to drain and what to serve. It never gets the descriptor of a listener with
// os.File.Fd, which would clear O_NONBLOCK on the description that both processes share
// and block the one that accepts.
//
// Without a supervisor every call is harmless: Notify and Watchdog do nothing, Listeners
// returns nothing. On systems other than Linux sockets can neither be inherited nor
// handed over; HandOver.Start returns ErrUnsupported.
package systemd

import "errors"

// ErrUnsupported says that this operating system does not have the feature.
var ErrUnsupported = errors.New("not supported on this operating system")
