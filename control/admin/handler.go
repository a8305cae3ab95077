package admin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"asbru/control"
	"asbru/control/store"
	"asbru/core"
	"asbru/core/config"
	"asbru/core/govern"
	"asbru/core/scan"
)

// Balances reads the balances of accounts; *govern.Book implements it.
type Balances interface {
	Balance(account string, now int64) (b govern.Balance, ok bool)
}

// Options configure a Handler. Plane and Snapshot are required.
type Options struct {
	Plane    *control.Plane
	Snapshot func() *core.Snapshot // the Snapshot being served
	Store    func() *store.Store   // nil, or returning nil: nothing can be changed
	Balances Balances              // nil: spending is not shown
	Objects  func() Objects        // nil, or returning nil: nobody's things at providers are told apart

	// Changed is called for each change after it was stored and before it is answered. It may be nil.
	Changed func(Changed)

	Now func() time.Time // nil: time.Now
	Log *slog.Logger     // nil: slog.Default()
}

// A Changed is one changed object, for the audit trail.
type Changed struct {
	Who, From     string   // whose token was used, and the address it came from
	Did           string   // create, update, delete, rotate or override
	What          string   // kind and name: virtual-key/ci
	Revision      int64    // of the store
	Before, After [32]byte // SHA-256 of the stored object, zero for none
}

// A Handler serves the paths below Prefix. It may be used concurrently.
type Handler struct {
	o     Options
	kinds map[string]*resource // by the path element after Prefix
}

// Prefix begins all paths.
const Prefix = "/api/governance/"

// New makes a Handler.
func New(o Options) *Handler {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Handler{o: o, kinds: resources()}
}

// A call is one request to the API.
type call struct {
	w    http.ResponseWriter
	r    *http.Request
	kind *resource
	rest []string // the rest of the path: an id and what follows it
	did  string   // what it does, if that is more specific than the method
}

// ServeHTTP answers an authorized caller. Every segment of the path is a name, which may be escaped.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, _, _ := strings.Cut(r.RequestURI, "?")
	parts := strings.Split(strings.TrimPrefix(path, Prefix), "/")
	for i := range parts {
		if name, err := url.PathUnescape(parts[i]); err == nil {
			parts[i] = name
		}
	}
	c := &call{w: w, r: r, kind: h.kinds[parts[0]], rest: parts[1:]}
	if s := h.store(); s != nil {
		w.Header().Set("ETag", strconv.Quote(strconv.FormatInt(s.Set().Revision, 10)))
	}
	var do func(*call) error
	allowed := ""
	if c.kind != nil {
		do, allowed = h.find(c)
	}
	if parts[0] == "objects" && len(parts) == 1 {
		do, allowed = h.findObjects(r.Method)
	}
	switch {
	case allowed == "":
		refuse(w, &core.Fault{Code: core.NotFound, Message: "cannot serve " + path + ": there is no such path", Hint: "docs/ADMIN.md lists what there is"}, nil)
	case do == nil:
		w.Header().Set("Allow", allowed)
		refuse(w, &core.Fault{Code: core.BadMethod, Message: "cannot " + strconv.QuoteToASCII(r.Method) + " " + path, Hint: "use " + allowed}, nil)
	default:
		if err := do(c); err != nil {
			h.fail(w, err)
		}
	}
}

// find returns the function for a call. allowed is empty if there is nothing at its path.
func (h *Handler) find(c *call) (do func(*call) error, allowed string) {
	by := map[string]func(*call) error{}
	k := c.kind
	switch n := len(c.rest); {
	case n == 0:
		by["GET"] = h.list
		if k.made {
			by["POST"] = h.create
		}
	case n == 1:
		by["GET"] = h.show
		if k.in != nil {
			by["PUT"], by["DELETE"] = h.update, h.remove
		}
	case n == 2 && k.kind == store.VirtualKey && c.rest[1] == "rotate":
		by["POST"] = h.rotate
	case n == 4 && k.in != nil && c.rest[1] == "budgets" && c.rest[3] == "override":
		by["PUT"], by["DELETE"] = h.override, h.override
	}
	for _, m := range []string{"GET", "POST", "PUT", "DELETE"} {
		if by[m] != nil {
			allowed += ", " + m
		}
	}
	method := c.r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	return by[method], strings.TrimPrefix(allowed, ", ")
}

func (h *Handler) store() *store.Store {
	if h.o.Store == nil {
		return nil
	}
	return h.o.Store()
}

// set returns what is stored; it is empty without a store.
func (h *Handler) set() *store.Set {
	if s := h.store(); s != nil {
		return s.Set()
	}
	return new(store.Set)
}

// base returns the document without what is stored.
func (h *Handler) base() *config.Document {
	if d := h.o.Plane.Status().Base; d != nil {
		return d
	}
	return new(config.Document)
}

// body reads the JSON object of a request by member. It ignores Content-Type: curl sends that of a
// form by default, and another site's page cannot send the token.
func (c *call) body() (map[string]json.RawMessage, error) {
	b, err := io.ReadAll(io.LimitReader(c.r.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, invalid("", "cannot read the body: it broke off")
	case len(b) > maxBody:
		return nil, &core.Fault{Code: core.TooLarge, Message: fmt.Sprintf("cannot read the body: it is larger than %d bytes", maxBody)}
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(b, &members); err != nil || members == nil {
		return nil, invalid("", "cannot read the body: it is no JSON object")
	}
	if err := scan.Object(b, nil, nil); err != nil { // duplicate members: otherwise the last one would win silently
		return nil, invalid("", "cannot read the body: %v", err)
	}
	for name := range members { // encoding/json takes any case, and a change by another name would be outdone by the member itself
		if low := strings.ToLower(name); low != name {
			return nil, invalid("write "+strconv.Quote(low), "cannot read the body: unknown field %q", name)
		}
	}
	return members, nil
}

// query reads the query. One that is damaged is refused: without its filters a list would hold everything.
func (c *call) query() (url.Values, error) {
	q, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return nil, invalid("escape what is no letter or digit", "cannot read the query: %v", err)
	}
	return q, nil
}

// read decodes the JSON object of a request strictly into a view.
func (c *call) read(into any) error {
	members, err := c.body()
	if err != nil {
		return err
	}
	b, _ := json.Marshal(members) // it has just been decoded
	return read(b, into)
}

// readAny is read for a body that may be left out. Its length does not tell: a client that sends chunks does not say it.
func (c *call) readAny(into any) error {
	first := make([]byte, 1)
	n, err := io.ReadFull(c.r.Body, first)
	if err == io.EOF {
		return nil
	}
	c.r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(first[:n]), c.r.Body), c.r.Body}
	return c.read(into)
}

// match returns the revision that a change is meant for; -1: any.
func (c *call) match() (int64, error) {
	text := c.r.Header.Get("If-Match")
	if text == "" || text == "*" {
		return -1, nil
	}
	n, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(text, "W/"), `"`), 10, 64)
	if err != nil || n < 0 {
		return 0, invalid("send the ETag of an answer", "If-Match %s is no revision", strconv.QuoteToASCII(text))
	}
	return n, nil
}

// from returns the address of the caller, for the log and the audit trail. The caller is not known any
// better, because there is one admin token.
func (c *call) from() string {
	from := c.r.RemoteAddr
	if at := strings.LastIndexByte(from, ':'); at > 0 {
		from = from[:at]
	}
	return from
}

// change edits the store and reports the changes. After an error nothing has changed.
func (h *Handler) change(c *call, edit func(*store.Edit) error) error {
	s := h.store()
	if s == nil {
		return conflict("write store: {} into the configuration, or change the file", "cannot make the change: this gateway has no store, its configuration file is all there is")
	}
	revision, err := c.match()
	if err != nil {
		return err
	}
	ctx := c.r.Context()
	set, changes, err := s.Change(ctx, store.Wish{If: revision, Edit: edit, Apply: func(kept *config.Kept, commit func() error) error {
		_, problems, err := h.o.Plane.Keep(ctx, control.Actor{Kind: "admin", Name: c.from()}, kept, commit)
		if err != nil && config.Failed(problems) {
			return reject(problems)
		}
		return err
	}})
	if err != nil {
		return err
	}
	c.w.Header().Set("ETag", strconv.Quote(strconv.FormatInt(set.Revision, 10)))
	for _, x := range changes {
		if c.did != "" {
			x.Did = c.did
		}
		h.o.Log.Info("configuration changed", "by", "admin "+c.from(), "did", x.Did, "what", x.What)
		if h.o.Changed != nil {
			h.o.Changed(Changed{Who: "admin", From: c.from(), Did: x.Did, What: x.What, Revision: set.Revision, Before: x.Before, After: x.After})
		}
	}
	return nil
}
