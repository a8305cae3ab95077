// Package mock is a stand-in LLM provider: it answers like OpenAI and like
// Anthropic, unary and streamed, with the latency, pace, size and faults that
// flags or magic model names ask for. It is the `asbru mock` command, the
// upstream of every benchmark, and what `asbru serve --demo` talks to.
//
// It is built to be cheaper than the programs measured in front of it. On Linux a few
// event loops own all plain connections, without a goroutine or a buffer for each;
// TLS connections, and connections on other systems, take a goroutine each. Both lanes
// drive the same session, which implements the protocol without sockets.
//
// Same request, same bytes: the text, `created` and the ids (by request number)
// are fixed, and there is no Date header, so two answers can be compared.
//
// It refuses to be a gateway or a model: it imports nothing of asbru, keeps no state
// between requests except a counter, checks no credentials, speaks only HTTP/1.1, and
// reads a request body once, in pieces, without keeping it.
package mock
