package systemd

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// States for Notify, as sd_notify(3) spells them.
const (
	Ready    = "READY=1"    // start-up or reload is complete
	Stopping = "STOPPING=1" // draining has begun
	Alive    = "WATCHDOG=1" // the sign of life for the watchdog
)

// Status returns the state that sets the line for `systemctl status`. Line ends in text become blanks.
func Status(text string) string {
	return "STATUS=" + strings.NewReplacer("\n", " ", "\r", " ").Replace(text)
}

// MainPID returns the state that makes process pid the main process of the service. It
// has to be sent by the present main process; systemd ignores it from others.
func MainPID(pid int) string { return "MAINPID=" + strconv.Itoa(pid) }

// Notify sends the given states to the supervisor in one message. Without a
// supervisor, that is without NOTIFY_SOCKET, it does nothing and returns nil. An
// error does not mean that the service has a problem: log it and continue.
func Notify(state ...string) error {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" || len(state) == 0 {
		return nil
	}
	// A leading @ means the abstract namespace, for systemd and for package net.
	if path[0] != '/' && path[0] != '@' {
		return fmt.Errorf("cannot notify the supervisor at %q: only unix sockets are understood", path)
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("cannot notify the supervisor: %w", err)
	}
	defer conn.Close()
	if err := conn.SetWriteDeadline(time.Now().Add(notifyWait)); err != nil {
		return fmt.Errorf("cannot notify the supervisor: %w", err)
	}
	if _, err := conn.Write([]byte(strings.Join(state, "\n"))); err != nil {
		return fmt.Errorf("cannot notify the supervisor: %w", err)
	}
	return nil
}

// NotifyReloading reports that a reload has begun; Ready reports that it has ended.
// Type=notify-reload requires the time of the monotonic clock with it, to distinguish
// this reload from an older one.
func NotifyReloading() error {
	if os.Getenv("NOTIFY_SOCKET") == "" {
		return nil
	}
	usec, err := monotonicMicros()
	if err != nil {
		return fmt.Errorf("cannot notify the supervisor: %w", err)
	}
	return Notify("RELOADING=1", "MONOTONIC_USEC="+strconv.FormatInt(usec, 10))
}
