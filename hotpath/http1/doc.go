// Package http1 reads HTTP/1.1 heads and chunked bodies as pure functions on
// bytes (RFC 9110, RFC 9112). It never reads a socket, allocates, or keeps
// what it was given: every Span points into the caller's buffer.
//
// It has one reading of a message or none. What two implementations could read
// differently is refused, even where the RFC allows repairing it:
//
//   - line ends other than CR LF, folded lines, space before a colon, an empty
//     line before a request, bytes that no name, value or target may hold;
//   - Content-Length together with Transfer-Encoding, a second line of either,
//     a length that is not plain decimal or has leading zeros, any transfer
//     coding but exactly "chunked", any transfer coding in HTTP/1.0;
//   - a missing, second or malformed Host; a second line of a credential or of
//     Content-Type or Expect; two kinds of credential in one request;
//   - targets in absolute or authority form, fragments, CONNECT, TRACE, unknown
//     and lower-case methods, versions other than 1.0 and 1.1.
//
// "OPTIONS *" parses, with Target "*": the caller answers it itself. A name
// that holds an underscore is kept with the ID Underscore: it is never framing
// or a credential, and must never be forwarded, since gateways that fold "_"
// to "-" would read it as another field. A Connection field strips nothing:
// only the tokens close, keep-alive and upgrade are read from it.
package http1
