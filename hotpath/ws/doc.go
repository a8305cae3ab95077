// Package ws is the framing of WebSockets (RFC 6455) for a relay: it splits the bytes into frames,
// checks them, and lets the bytes of messages pass unchanged. It consists of pure functions and
// small values on []byte; it never reads or writes a connection.
//
// It refuses frames that two readers could interpret differently: reserved bits and opcodes,
// lengths that are not in their shortest form, fragments without a message, control frames that
// are fragmented or too long, text that is not UTF-8, close codes that may not be sent, and masks
// that are missing or not allowed. It has no extensions, so it never decompresses anything.
package ws
