package main

import (
	"errors"
	"net"
	"time"
)

// A half is one end of a connection in memory. It consists of two pipes, one per
// direction, so that each direction can be closed on its own, as with TCP.
type half struct {
	in, out net.Conn
	from    net.Addr // of the other end
}

// duplex returns the two ends of a connection in memory. Nothing is buffered: a
// Write returns when its bytes have been read. from is the remote address that theirs reports.
func duplex(from net.Addr) (ours, theirs net.Conn) {
	a, b := net.Pipe()
	c, d := net.Pipe()
	return &half{in: a, out: c, from: doorName{}}, &half{in: d, out: b, from: from}
}

func (h *half) Read(p []byte) (int, error)  { return h.in.Read(p) }
func (h *half) Write(p []byte) (int, error) { return h.out.Write(p) }

// CloseWrite ends our direction: the other end reads what was written, then EOF.
func (h *half) CloseWrite() error { return h.out.Close() }

// Close ends both directions.
func (h *half) Close() error { return errors.Join(h.out.Close(), h.in.Close()) }

func (h *half) LocalAddr() net.Addr  { return doorName{} }
func (h *half) RemoteAddr() net.Addr { return h.from }

func (h *half) SetDeadline(t time.Time) error {
	return errors.Join(h.in.SetDeadline(t), h.out.SetDeadline(t))
}
func (h *half) SetReadDeadline(t time.Time) error  { return h.in.SetReadDeadline(t) }
func (h *half) SetWriteDeadline(t time.Time) error { return h.out.SetWriteDeadline(t) }
