package api

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"asbru/core"
)

// governed begins the paths of the admin API. Names in them may be escaped.
const governed = "/api/governance/"

// namesOnly reports whether every segment of a path has a single interpretation once it is decoded: that of a name, which
// holds neither a slash nor control characters and is no dot segment.
func namesOnly(path string) bool {
	for _, segment := range strings.Split(path[1:], "/") {
		for i := 0; i < len(segment); i++ {
			if c := segment[i]; !unreserved(c) && !strings.ContainsRune("%&'()+,@", rune(c)) {
				return false
			}
		}
		name, err := url.PathUnescape(segment)
		if err != nil || name == "" || name == "." || name == ".." || !utf8.ValidString(name) || strings.ContainsAny(name, `/\`) || strings.ContainsFunc(name, unicode.IsControl) {
			return false
		}
	}
	return true
}

// governs serves the paths of the admin API and reports whether the request was for one.
func (h *handler) governs(w http.ResponseWriter, r *http.Request, path string) bool {
	switch {
	case quota(path):
		h.Governance.Quota(w, r)
	case !strings.HasPrefix(path, governed):
		return false
	default:
		if f := h.mayGovern(r, path); f != nil {
			if f.Code == core.Unauthenticated {
				w.Header().Set("WWW-Authenticate", `Bearer realm="asbru"`)
			}
			h.Governance.Refuse(w, f)
			return true
		}
		h.Governance.ServeHTTP(w, r)
	}
	return true
}

// quota reports whether callers ask at a path about themselves. Behind /v1 it is one of the paths of the data plane, where
// neither a slash at the end nor the case of letters means anything, and other words can stand before it.
func quota(path string) bool {
	return path == "/api/governance/virtual-keys/quota" || strings.HasSuffix(strings.ToLower(strings.TrimSuffix(path, "/")), "/v1/quota")
}

// mayGovern returns why the caller may not use the admin API, or nil.
//
//	                  data listener    data listener, shared    admin listener
//	same machine      token            token                    token
//	others            no               token                    token
//
// A gateway without a token has no store either, and shows the objects of its file to callers on
// the same machine.
func (h *handler) mayGovern(r *http.Request, path string) *core.Fault {
	near := local(r)
	if !h.Admin && !near && (h.Shared == nil || !h.Shared()) {
		return &core.Fault{Code: core.Forbidden,
			Message: "cannot serve " + path + " here: on this listener it is for callers on the same machine",
			Hint:    "ask the admin listener, or set admin.shared"}
	}
	if near && (h.TokenSum == nil || h.TokenSum() == [32]byte{}) {
		return nil
	}
	open, f := h.judge(r)
	switch {
	case open || f != nil:
		return f
	case r.Header.Get("Authorization") == "":
		return &core.Fault{Code: core.Unauthenticated, Message: "cannot serve " + path + ": it needs the admin token",
			Hint: "send Authorization: Bearer with the token that was told at the first start, or that admin.token is; asbru keys admin-token makes another"}
	}
	return &core.Fault{Code: core.Unauthenticated, Message: "cannot serve " + path + ": this is not the admin token",
		Hint: "asbru keys admin-token makes another"}
}
