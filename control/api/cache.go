package api

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"asbru/core"
)

// The paths of the cache. Those that name one answer or one key are Bifrost's.
const (
	cachePath      = "/api/cache"
	cacheByID      = "/api/cache/clear/"
	cacheByKey     = "/api/cache/clear-by-key/"
	cacheClearPath = "/api/cache/clear"
)

// figure is one number about the cache.
type figure struct {
	Name   string  `json:"name"`
	Label  string  `json:"label,omitempty"` // what Value is: tier, reason, owner ...
	Value  string  `json:"value,omitempty"`
	Number float64 `json:"number"`
}

// cached serves the paths of the cache and reports whether the request was for one. They contain
// names, so they are no rows.
//
//	GET    /api/cache                        what it holds and did
//	DELETE /api/cache/clear?FILTER           the answers that match all of FILTER: id, key,
//	                                         namespace, model, older_than; all=true for every one
//	DELETE /api/cache/clear/ID               one answer
//	DELETE /api/cache/clear-by-key/KEY       those with one x-bf-cache-key
func (h *handler) cached(w http.ResponseWriter, r *http.Request, path string) bool {
	if !h.Admin || path != cachePath && !strings.HasPrefix(path, cachePath+"/") {
		return false
	}
	memory, f := h.mayCache(r, path)
	if f == nil {
		switch {
		case path == cachePath && r.Method == http.MethodGet:
			f = showCache(w, memory)
		case path == cachePath:
			w.Header().Set("Allow", "GET")
			f = &core.Fault{Code: core.BadMethod, Message: "cannot " + shown(r.Method) + " " + path, Hint: "GET it, or DELETE " + cacheClearPath}
		case r.Method != http.MethodDelete:
			w.Header().Set("Allow", "DELETE")
			f = &core.Fault{Code: core.BadMethod, Message: "cannot " + shown(r.Method) + " " + path, Hint: "use DELETE"}
		default:
			f = h.clearCache(w, r, path, memory)
		}
	}
	if f != nil {
		if f.Code == core.Unauthenticated {
			w.Header().Set("WWW-Authenticate", `Bearer realm="asbru"`)
		}
		refuse(w, f)
	}
	return true
}

// mayCache returns the cache for an authorized caller, or why it is not. Clearing requires the token
// if there is one, on the same machine too.
func (h *handler) mayCache(r *http.Request, path string) (core.Memory, *core.Fault) {
	if f := h.may(r, row{path: path}); f != nil {
		return nil, f
	}
	if r.Method != http.MethodGet && h.TokenSum != nil && h.TokenSum() != [32]byte{} && !h.opens(r.Header.Values("Authorization")) {
		return nil, &core.Fault{Code: core.Unauthenticated, Message: "cannot clear the cache: it needs the admin token",
			Hint: "send Authorization: Bearer with the token of the admin section"}
	}
	var m core.Memory
	if h.Memory != nil {
		m = h.Memory()
	}
	if m == nil {
		return nil, &core.Fault{Code: core.NotFound, Message: "there is no cache, and no call is known by its key", Hint: "write cache: {} into the configuration, or leave repeats.off out of it"}
	}
	return m, nil
}

func showCache(w http.ResponseWriter, m core.Memory) *core.Fault {
	out := struct {
		Figures []figure `json:"figures"`
	}{[]figure{}}
	for _, f := range m.Figures() {
		out.Figures = append(out.Figures, figure{f.Name, f.Label, f.Value, float64(f.N) / float64(max(f.Per, 1))})
	}
	send(w, http.StatusOK, out)
	return nil
}

func (h *handler) clearCache(w http.ResponseWriter, r *http.Request, path string, m core.Memory) *core.Fault {
	which, f := forget(path, r.URL.RawQuery)
	if f != nil {
		return f
	}
	n, err := m.Clear(which)
	h.Log.Info("the cache was cleared", "answers", n, "by", r.RemoteAddr, "id", which.ID, "key", which.Label, "namespace", which.Owner, "model", which.Model, "older_than", which.Before > 0)
	if err != nil {
		return &core.Fault{Code: core.Internal, Message: "the cache is cleared in memory only: " + err.Error(), Hint: "see to the directory, and clear it again", Cause: err}
	}
	send(w, http.StatusOK, struct {
		Message string `json:"message"`
		Cleared int    `json:"cleared"`
	}{"cleared " + strconv.Itoa(n) + " answers", n})
	return nil
}

// forget parses which answers to clear. What it does not understand is refused: ignoring it
// would clear more than was asked.
func forget(path, query string) (f core.Forget, fault *core.Fault) {
	bad := func(what, hint string) (core.Forget, *core.Fault) {
		return core.Forget{}, &core.Fault{Code: core.Invalid, Message: "cannot clear the cache: " + what, Hint: hint}
	}
	id, byID := strings.CutPrefix(path, cacheByID)
	key, byKey := strings.CutPrefix(path, cacheByKey)
	if byID || byKey {
		if query != "" || byID && (id == "" || strings.Contains(id, "/")) || byKey && (key == "" || strings.Contains(key, "/")) {
			return bad("write "+cacheByID+"ID or "+cacheByKey+"KEY", "a key that holds other bytes than letters, digits and -._~ goes into "+cacheClearPath+"?key=")
		}
		if byID {
			return core.Forget{ID: id}, nil
		}
		return core.Forget{Label: key}, nil
	}
	q, err := url.ParseQuery(query)
	if path != cacheClearPath || err != nil {
		return bad(shown(path+"?"+query)+" is no filter", "write "+cacheClearPath+"?id=, key=, namespace=, model=, older_than= or all=true")
	}
	all := false
	for name, values := range q {
		v := values[0]
		if len(values) != 1 || v == "" {
			return bad(shown(name)+" is to have one value", "")
		}
		switch name {
		case "id":
			f.ID = v
		case "key":
			f.Label = v
		case "namespace":
			f.Owner = v
		case "model":
			f.Model = v
		case "all":
			if all = v == "true"; !all {
				return bad("all is "+shown(v), "write all=true, or leave it out")
			}
		case "older_than":
			d, err := time.ParseDuration(v)
			if err != nil || d <= 0 {
				return bad("older_than is "+shown(v), "write a duration such as 10m")
			}
			f.Before = time.Now().Add(-d).UnixNano()
		default:
			return bad("there is no filter "+shown(name), "there are id, key, namespace, model, older_than and all")
		}
	}
	if all == (f != core.Forget{}) {
		return bad("say which answers, or all=true for every one", "the filters are id, key, namespace, model and older_than")
	}
	return f, nil
}
