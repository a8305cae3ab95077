package api

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"asbru/core"
)

// may returns why the caller may not see r, or nil.
//
//	                    public row        other rows
//	data listener       yes               loopback
//	admin listener      yes               token, or loopback without one
//
// A token that is presented is checked, wherever it comes from.
func (h *handler) may(r *http.Request, to row) *core.Fault {
	if to.open {
		return nil
	}
	token := r.Header.Values("Authorization")
	switch {
	case !h.Admin && local(r):
		return nil
	case !h.Admin:
		return &core.Fault{Code: core.Forbidden,
			Message: "cannot show " + to.path + " here: on this listener it is for callers on the same machine",
			Hint:    "ask http://localhost, or the admin listener with its token"}
	case len(token) > 0:
		open, f := h.judge(r)
		if open || f != nil {
			return f
		}
		return &core.Fault{Code: core.Unauthenticated, Message: "cannot show " + to.path + ": this is not the admin token",
			Hint: "send Authorization: Bearer with the token of the admin section"}
	case local(r):
		return nil
	}
	return &core.Fault{Code: core.Unauthenticated, Message: "cannot show " + to.path + ": it needs the admin token",
		Hint: "send Authorization: Bearer with the token of the admin section, or ask from the same machine"}
}

// opens compares SHA-256 sums, not tokens: all have the same length, and the time that takes
// reveals nothing about the token.
func (h *handler) opens(values []string) bool {
	if h.TokenSum == nil || len(values) != 1 {
		return false
	}
	want := h.TokenSum()
	scheme, token, _ := strings.Cut(values[0], " ")
	got := sha256.Sum256([]byte(token))
	same := subtle.ConstantTimeCompare(got[:], want[:]) == 1
	return same && want != [32]byte{} && token != "" && strings.EqualFold(scheme, "Bearer")
}

// forwarded lists header fields that proxies add. Behind a proxy, every connection
// comes from loopback.
var forwarded = []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"}

// local reports whether the caller is a program on this machine: connected from
// loopback, without signs of a proxy, and not a browser whose DNS was
// rebound to loopback (the Host is an address or localhost).
func local(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !from.Addr().Unmap().IsLoopback() {
		return false
	}
	for _, name := range forwarded {
		if _, ok := r.Header[name]; ok {
			return false
		}
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "none" && site != "same-origin" {
		return false
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if host = strings.ToLower(host); host == "localhost" {
		return true
	}
	_, err = netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil
}
