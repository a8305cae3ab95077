package hotpath

import (
	"asbru/core"
	"asbru/hotpath/http1"
)

// Browsers let a page read answers of its own origin only, unless the server names the page's (CORS). Before most
// requests to others they ask, with OPTIONS and without a key, whether the page may make them: a preflight.
//
// Source: https://fetch.spec.whatwg.org/#http-cors-protocol

const (
	preflightMethod  = "access-control-request-method"
	preflightHeaders = "access-control-request-headers"
)

// pageOf is the place of a request's origin among those whose pages may call, from 1 on; 0: it is not among them, or
// no page sends the request.
func pageOf(snap *core.Snapshot, r *http1.Request, b []byte) (place uint16) {
	if r.At[http1.Origin] == 0 {
		return 0
	}
	return core.PageOf(snap.Origins, r.Value(b, http1.Origin))
}

// preflight answers OPTIONS: what a page may do is for the browser to know before it has a key to show.
func (s *Server) preflight(f *flight, r *http1.Request, b []byte) way {
	x := &f.x
	_, asks := named(&r.Head, b, preflightMethod)
	switch {
	case asks != 1 || r.At[http1.Origin] == 0 || r.Chunked || r.ContentLength > 0 || len(x.Snap.Origins) == 0:
		return refuse(x, core.BadMethod, "the method OPTIONS is not served on this path", "send GET or POST; pages of other origins may call where allowed_origins names them")
	case x.Page == 0:
		return refuse(x, core.Forbidden, "pages of the origin "+quote(r.Value(b, http1.Origin))+" may not call here", "have it added to allowed_origins")
	}
	x.Reply.Status = 204
	h := append([]byte(nil), "Access-Control-Allow-Methods: GET, POST, PUT, PATCH, DELETE, HEAD\r\nAccess-Control-Max-Age: 7200\r\n"...) // Chrome's most
	if names, n := named(&r.Head, b, preflightHeaders); n == 1 && len(names) <= maxPreflight {
		h = append(append(append(h, "Access-Control-Allow-Headers: "...), names...), "\r\n"...)
	}
	x.Reply.Fields = h
	return wayHot
}

// appendPage appends the lines that let the page which asked read the answer. Caches must not give it to others.
func (f *flight) appendPage(h []byte) []byte {
	if f.x.Page > 0 {
		h = append(h, f.x.Snap.Origins[f.x.Page-1].Lines...)
	}
	return append(h, "Vary: Origin\r\n"...)
}
