// Package frame cuts streams into frames: text/event-stream into whole events
// (WHATWG HTML 9.2), application/vnd.amazon.eventstream into messages, and JSON
// lines into lines.
//
// It never reads a socket and never changes a byte: frames are the stream's own
// bytes, and laid end to end they are the stream. It refuses events that
// outgrow a bound, and to hold memory for a stream that has no partial event.
package frame
