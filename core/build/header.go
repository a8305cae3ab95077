package build

import (
	"fmt"
	"strings"
)

// compileHeaders renders the fixed headers of a provider, sorted by
// name. Headers that frame the message, belong to one connection or carry
// a credential are refused: other fields of the document set those.
func (c *compiler) compileHeaders(p *provider) {
	for _, name := range names(p.doc.Headers) {
		value, at := p.doc.Headers[name], member(p.at+".headers", name)
		switch {
		case !token(name):
			c.fail(at, "is no name of a header", "use letters, digits and -")
		case reserved[strings.ToLower(name)]:
			c.fail(at, "cannot be set here: the gateway sets it, or it carries a credential", "credentials go in api_key or keys")
		case !fieldValue(value):
			c.fail(at, "holds a line break or another control character, or begins or ends with a space", "")
		default:
			p.headers = append(p.headers, name+": "+value+"\r\n"...)
		}
	}
	if len(p.headers) > maxHeaderBytes {
		c.fail(p.at+".headers", fmt.Sprintf("takes %d bytes, the most is %d", len(p.headers), maxHeaderBytes), "")
	}
}

// reserved lists such names, in lower case. Read-only.
var reserved = map[string]bool{
	// framing and the connection, RFC 9110 §7.6.1 and RFC 9112 §6
	"host": true, "content-length": true, "transfer-encoding": true, "connection": true,
	"keep-alive": true, "te": true, "trailer": true, "upgrade": true, "expect": true,
	"proxy-connection": true,
	// describes the body, which the client provides
	"content-type": true, "content-encoding": true, "accept-encoding": true,
	// credentials
	"authorization": true, "proxy-authorization": true, "proxy-authenticate": true,
	"x-api-key": true, "api-key": true, "x-goog-api-key": true, "cookie": true, "x-bf-vk": true,
	"xi-api-key": true, "x-gladia-key": true, "api-subscription-key": true, "x-portkey-api-key": true,
}

// token checks RFC 9110 §5.6.2, without characters that are unusual in names.
func token(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_'
	})
}

// fieldValue checks RFC 9110 §5.5 without obsolete text.
func fieldValue(s string) bool {
	return s == strings.TrimSpace(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '\t' && (r < ' ' || r > '~')
	})
}
