package build

import (
	"strings"

	"asbru/core"
)

// originsOf are the origins of a document. Pages of one that it names may send what the browser has for this server,
// such as a client's certificate; those of any never do.
func originsOf(names []string) []core.Origin {
	var list []core.Origin
	for _, name := range names {
		name = strings.ToLower(name)
		lines := "Access-Control-Allow-Origin: " + name + "\r\n"
		if name == "*" {
			lines += "Access-Control-Expose-Headers: *\r\n"
		} else {
			lines += "Access-Control-Allow-Credentials: true\r\nAccess-Control-Expose-Headers: " + shownHeaders + "\r\n"
		}
		list = append(list, core.Origin{Name: name, Lines: []byte(lines)})
	}
	return list
}

// shownHeaders are the fields of answers that pages may read besides those that browsers show anyway.
const shownHeaders = "X-Request-Id, Request-Id, Retry-After, Retry-After-Ms, X-Should-Retry, X-Cache, X-Cache-Id, Age, Idempotent-Replayed, " +
	"X-Bf-Dropped-Params, X-Latency-Skipped, X-Ratelimit-Limit-Requests, X-Ratelimit-Remaining-Requests, X-Ratelimit-Reset-Requests, " +
	"X-Ratelimit-Limit-Tokens, X-Ratelimit-Remaining-Tokens, X-Ratelimit-Reset-Tokens, Openai-Processing-Ms, Server-Timing"
