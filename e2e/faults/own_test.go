package faults

// ownRows are our own cases, for every class of the catalogue, so that a fresh clone tests them
// too. The expectations use the terms of the catalogue.
var ownRows = []row{
	sse("refused", "connect", replaced, "refuse"),
	sse("no route", "connect", replaced, "drop SYN 60 s"),
	sse("no such name", "connect", replaced, "dns NXDOMAIN"),
	sse("certificate expired", "connect", replaced, "tls expired certificate"),
	sse("TLS refused", "connect", replaced, "tls handshake_failure"),
	sse("reset before the request", "connect", replaced, "accept", "rst"),

	sse("reset after the request", "headers", replaced, "read whole request", "rst"),
	sse("closed after the request", "headers", replaced, "read whole request", "close"),
	sse("silent", "headers", replaced, "read whole request", "hang 120 s"),
	unary("silent, and no stream", "headers", replaced, "read whole request", "hang 120 s"),
	sse("request not taken", "headers", replaced, "initial window 0 for ever"),
	sse("head byte by byte", "headers", replaced, "one header byte per second"),
	sse("six interim replies", "headers", replaced, "status 103 x6", "status 200 json"),
	sse("five interim replies", "headers", direct, "status 103 x5", "status 200", "event token x2", "done"),
	sse("head too long", "headers", replaced, "1 MiB header"),
	sse("another protocol", "headers", replaced, `raw "220 mail.example ESMTP\r\n"`),
	unary("two lengths", "headers", replaced, "status 200", "two different Content-Length"),
	unary("bytes behind the body", "headers", direct, "status 200 json", `extra bytes "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nstolen" after the body`),

	sse("bad request", "status", shown("400 mapped"), "status 400 invalid_request_error"),
	sse("not found", "status", shown("404 mapped"), "status 404"),
	unary("a web page that says not found", "status", shown("502"), "status 404", "content-type text/html; charset=utf-8"),
	sse("wrong method", "status", shown("502"), "status 405"),
	unary("wrong type", "status", shown("502"), "status 415"),
	sse("key refused", "status", replaced, "status 401"),
	sse("quota used up", "status", replaced, "status 402"),
	sse("quota used up, as too many requests", "status", replaced, "status 429 insufficient_quota"),
	sse("too many requests", "status", replaced, "status 429", "Retry-After: 1"),
	sse("conflict", "status", replaced, "status 409"),
	sse("not here by law", "status", replaced, "status 451"),
	unary("failed", "status", replaced, "status 500"),
	sse("overloaded", "status", replaced, "status 529"),
	sse("no such status", "status", replaced, "status 799"),
	unary("redirect", "status", shown("502"), "status 302"),
	unary("nothing", "status", replaced, "status 204"),

	unary("web page", "body", replaced, "status 200", "content-type text/html; charset=utf-8"),
	unary("cut", "body", replaced, "status 200", "half a JSON then fin with Content-Length unmet"),
	unary("broken", "body", replaced, "status 200", "invalid JSON"),
	unary("no choices", "body", replaced, "status 200", `{"id":"x","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":0}}`),
	unary("an error that says 200", "body", replaced, "status 200", `{"error":{"message":"no","type":"server_error"}}`),
	unary("negative usage", "body", direct, "status 200", "usage -3"),
	unary("huge usage", "body", direct, "status 200", "usage 1e40"),
	unary("no usage", "body", direct.billing("0 as reported"), "status 200", "usage all 0"),
	unary("compressed", "body", shown("502"), "status 200", "gzip 1 MiB -> 1 GiB"),
	unary("byte by byte", "body", shown("504"), "status 200", "1 byte per second for 1 h"),

	sse("comments only", "stream-0", replaced, "status 200", "comment every 5 s for ever"),
	sse("role, then an error", "stream-0", replaced, "status 200", "event role-only delta", "event error"),
	sse("role, then the end", "stream-0", replaced, "status 200", "event role-only delta", "fin"),
	sse("role, then silence", "stream-0", replaced, "status 200", "event role-only delta", "hang 300 s"),
	sse("empty", "stream-0", replaced, "status 200", "header content-type: text/event-stream", "fin"),
	sse("a terminator alone", "stream-0", replaced, "status 200", "data [DONE]"),
	sse("no stream", "stream-0", direct, "status 200", "content-type application/json", "full completion"),
	sse("no stream, broken", "stream-0", replaced, "status 200", "invalid JSON"),
	sse("no stream, a web page", "stream-0", replaced, "status 200", "content-type text/html"),

	sse("ends before it finished", "stream-n", broken, "status 200", "event token x5", "fin"),
	sse("closed", "stream-n", broken, "status 200", "event token x5", "cut without a last chunk"),
	sse("reset", "stream-n", broken, "status 200", "event token x5", "rst"),
	sse("cut in a chunk", "stream-n", broken, "status 200", "event token x5", "cut inside a chunk"),
	sse("cut in an event", "stream-n", broken, "status 200", "event token x5", "half an SSE event", "fin"),
	sse("stalls", "stream-n", broken, "status 200", "event token x5", "hang 300 s"),
	sse("comments after content", "stream-n", broken, "status 200", "event token", "comment every 5 s for ever"),
	sse("an error in the middle", "stream-n", broken, "status 200", "event token x5", "event error"),
	sse("an error, then the terminator", "stream-n", broken, "status 200", "event token x5", "event error", "data [DONE]"),
	sse("an error, then a reset", "stream-n", broken, "status 200", "event token x5", "event error", "rst"),
	sse("finish without a terminator", "stream-n", direct, "status 200", "event token x5", "event finish", "fin"),
	sse("finish, then a cut", "stream-n", direct, "status 200", "event token x5", "event finish", "cut without a last chunk"),
	sse("finish, then silence", "stream-n", direct, "status 200", "event token x5", "event finish", "hang 300 s"),
	sse("terminator, then a reset", "stream-n", direct, "status 200", "event token x5", "done", "rst"),
	sse("two terminators", "stream-n", direct, "status 200", "event token x5", "done", "done"),
	sse("a second answer", "stream-n", direct, "status 200", "event token x5", "done", "event token x2", "done"),
	sse("one event that is none", "stream-n", direct, "status 200", "event token x2", "event garbage", "event token x2", "done"),
	sse("line ends of the other kind", "stream-n", direct, "CRLF", "status 200", "event token x5", "done"),
	sse("slow", "stream-n", direct, "status 200", "event every 15 s x3", "done"),
	sse("one large event", "stream-n", direct, "status 200", "one event of 1.5 MiB"),
	sse("an event without end", "stream-n", broken, "status 200", "one event of 20 MiB"),
	sse("many events", "stream-n", direct, "status 200", "100,000 events as fast as possible"),
	sse("trailers", "stream-n", direct, "status 200", "event token", "done", "http trailer x-checksum"),

	{ID: "leaves", Family: "client", Stream: true, Action: "close after 10 events", Steps: []string{"status 200", "event token x1000"}, Expect: direct},
	{ID: "stops reading", Family: "client", Stream: true, Action: "stop reading", Steps: []string{"status 200", "event token x100000"}, Expect: direct},
	{ID: "asks twice at once", Family: "client", Stream: true, Action: "two requests, same Idempotency-Key", Steps: []string{"status 200", "event token x20", "done"}, Expect: once},
	{ID: "asks twice at once, no stream", Family: "client", Action: "two requests, same Idempotency-Key", Steps: []string{"status 200 json"}, Expect: once},
	{ID: "tries again", Family: "client", Stream: true, Steps: []string{"status 500 x2", "status 200"}, Expect: replaced},
}

// What the cases expect.
var (
	replaced = expect{Retry: "yes", Status: "200 from fallback", Tail: "done", Bill: "fallback only", Breaker: true}
	direct   = expect{Retry: "no", Status: "200", Tail: "done", Bill: "-"}
	once     = expect{Retry: "no", Status: "200", Tail: "same answer for both", Bill: "once"}
	broken   = expect{Retry: "no", Status: "200", Tail: "terminal error event", Bill: "-"}
)

// shown is an error that the client gets, and after which no other target is tried.
func shown(status string) expect {
	return expect{Retry: "no", Status: status, Tail: "json error", Bill: "-"}
}

func (e expect) billing(b string) expect {
	e.Bill = b
	return e
}

func sse(id, family string, e expect, steps ...string) row {
	return row{ID: id, Family: family, Stream: true, Steps: steps, Expect: e}
}

func unary(id, family string, e expect, steps ...string) row {
	r := sse(id, family, e, steps...)
	r.Stream = false
	return r
}
