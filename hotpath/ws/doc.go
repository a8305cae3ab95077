// Package ws is the framing of WebSockets (RFC 6455) for a relay: it tells frames apart,
// judges them, and lets the bytes of messages pass as they are. All of it is pure functions and
// small values on []byte; nothing here reads or writes a connection.
//
// It refuses what two readers could take for different things: reserved bits and opcodes,
// lengths that are not written in their shortest form, fragments that belong to nothing,
// control frames that are cut or long, text that is not UTF-8, close codes that nobody may
// send, and masks where none belong or none where they do. It knows no extension, so it
// never inflates anything.
package ws
