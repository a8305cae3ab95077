// Package http1 parses HTTP/1.1 heads and chunked bodies with pure functions on bytes
// (RFC 9110, RFC 9112). It never reads a socket, allocates, or retains its input:
// every Span points into the caller's buffer.
//
// A message has one interpretation or is refused. Whatever two implementations could
// read differently is refused, even if the RFC allows repairing it:
//
//   - line ends other than CR LF, folded lines, space before a colon, an empty
//     line before a request, bytes that are not allowed in names, values or targets;
//   - Content-Length together with Transfer-Encoding, a second line of either,
//     a length that is not plain decimal or has leading zeros, any transfer
//     coding other than exactly "chunked", any transfer coding in HTTP/1.0;
//   - a missing, second or malformed Host; a second line of a credential or of
//     Content-Type or Expect; two kinds of credential in one request;
//   - targets in absolute or authority form, fragments, CONNECT, TRACE, unknown
//     and lower-case methods, versions other than 1.0 and 1.1.
//
// "OPTIONS *" is accepted, with Target "*", and must be answered by the caller itself. A
// name with an underscore is kept with the ID Underscore: it is never framing or a
// credential, and must never be forwarded, because servers that treat "_" as "-"
// would read it as another field. A Connection field removes no other fields: only
// the tokens close, keep-alive and upgrade are read from it.
package http1
