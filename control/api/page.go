package api

import (
	"net/http"
	"strings"

	"asbru/core"
)

// paged lets pages of other web origins read what is for everyone, as the data plane lets them read its answers, and
// reports whether it has answered: a browser's question whether a page may ask.
func (h *handler) paged(w http.ResponseWriter, r *http.Request, path string) bool {
	if h.Origins == nil || !h.forPages(path) {
		return false
	}
	origins := h.Origins()
	if len(origins) == 0 {
		return false
	}
	head := w.Header()
	head.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	place := core.PageOf(origins, origin)
	if origin != "" && place > 0 {
		for line := range strings.SplitSeq(string(origins[place-1].Lines), "\r\n") {
			if name, value, ok := strings.Cut(line, ": "); ok {
				head.Set(name, value)
			}
		}
	}
	switch {
	case r.Method != http.MethodOptions || origin == "" || r.Header.Get("Access-Control-Request-Method") == "":
		return false
	case place == 0:
		refuse(w, &core.Fault{Code: core.Forbidden, Message: "pages of the origin " + shown(origin) + " may not call here", Hint: "have it added to allowed_origins"})
		return true
	}
	head.Set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE, HEAD") // what else is refused the page can then read about
	head.Set("Access-Control-Max-Age", "7200")
	if names := r.Header.Get("Access-Control-Request-Headers"); names != "" && len(names) <= maxPreflight {
		head.Set("Access-Control-Allow-Headers", names)
	}
	w.WriteHeader(http.StatusNoContent)
	return true
}

// forPages reports whether a path is for everyone: what is for operators is not for pages.
func (h *handler) forPages(path string) bool {
	if quota(path) {
		return true
	}
	row, ok := h.rows[path]
	return ok && row.open || !ok && !strings.HasPrefix(path, "/api/")
}
