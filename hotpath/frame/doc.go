// Package frame splits streams into frames: text/event-stream into complete events
// (WHATWG HTML 9.2), application/vnd.amazon.eventstream into messages, and JSON lines
// into lines.
//
// It never reads a socket and never changes a byte: concatenated, the frames are the
// stream. It refuses events that exceed a bound, and to hold memory for a stream
// without a partial frame.
package frame
