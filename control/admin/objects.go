package admin

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"asbru/core"
)

// Objects is the book of what keys made at providers, as an administrator sees it.
type Objects interface {
	// List returns the records that have what is set of ref and of, the newest first, from the offset
	// skip on, and a bounded number of them.
	List(ctx context.Context, ref core.ObjectRef, of core.Maker, skip int) ([]core.Object, error)

	// Give makes something another holder's; false: there is no record of it.
	Give(ctx context.Context, ref core.ObjectRef, to core.Maker) (bool, error)

	// Made records that something was made.
	Made(ctx context.Context, o core.Object) error

	// Gone forgets a record; false: there is none.
	Gone(ctx context.Context, ref core.ObjectRef) (bool, error)
}

// An objectView is a record in an answer.
type objectView struct {
	Provider string `json:"provider"`
	Kind     string `json:"kind"`
	ID       string `json:"id"`
	Key      string `json:"key"` // empty: callers without one
	Team     string `json:"team,omitempty"`
	Customer string `json:"customer,omitempty"`
	Model    string `json:"model,omitempty"`
	Made     string `json:"created_at"`
	Expires  string `json:"expires_at,omitempty"`
}

// An objectIn is what a body says of a record.
type objectIn struct {
	Provider string `json:"provider"`
	Kind     string `json:"kind"`
	ID       string `json:"id"`
	Key      string `json:"key"`
}

// findObjects is find for the path of the records.
func (h *Handler) findObjects(method string) (do func(*call) error, allowed string) {
	switch method {
	case http.MethodGet, http.MethodHead:
		do = h.listObjects
	case http.MethodPut:
		do = h.giveObject
	case http.MethodDelete:
		do = h.forgetObject
	}
	return do, "GET, PUT, DELETE"
}

func (h *Handler) objects() (Objects, error) {
	if h.o.Objects != nil {
		if b := h.o.Objects(); b != nil {
			return b, nil
		}
	}
	return nil, missing("what keys made at providers is not recorded: there are no virtual keys, or governance.objects.share is all")
}

func (h *Handler) listObjects(c *call) error {
	b, err := h.objects()
	if err != nil {
		return err
	}
	q, err := c.query()
	if err != nil {
		return err
	}
	skip := 0
	if text := q.Get("offset"); text != "" {
		if skip, err = strconv.Atoi(text); err != nil || skip < 0 {
			return invalid("", "offset %q is no number from 0 on", text)
		}
	}
	ref := core.ObjectRef{Provider: q.Get("provider"), Kind: q.Get("kind"), ID: q.Get("id")}
	list, err := b.List(c.r.Context(), ref, core.Maker{Key: q.Get("key"), Team: q.Get("team"), Customer: q.Get("customer")}, skip)
	if err != nil {
		return h.noObjects(err)
	}
	views := make([]objectView, len(list))
	for i, o := range list {
		views[i] = objectView{o.Provider, o.Kind, o.ID, o.Key, o.Team, o.Customer, o.Model, moment(o.Made * int64(time.Second)), moment(o.Expires * int64(time.Second))}
	}
	send(c.w, http.StatusOK, map[string]any{"objects": views, "count": len(views), "offset": skip})
	return nil
}

// giveObject makes something a key's.
func (h *Handler) giveObject(c *call) error {
	b, err := h.objects()
	if err != nil {
		return err
	}
	var in objectIn
	if err := c.read(&in); err != nil {
		return err
	}
	ref := core.ObjectRef{Provider: in.Provider, Kind: in.Kind, ID: in.ID}
	if ref.Provider == "" || ref.Kind == "" || ref.ID == "" || in.Key == "" {
		return invalid("", "provider, kind, id and key are needed")
	}
	snap := h.o.Snapshot()
	var to core.Maker
	for _, k := range snap.Keys {
		if k.Name == in.Key && k.Place != [32]byte{} {
			to = core.Maker{Key: k.Name, Team: k.Team, Customer: k.Customer}
		}
	}
	switch {
	case to.Key == "":
		return missing("there is no virtual key %q", in.Key)
	case snap.Providers[ref.Provider] == nil:
		return missing("there is no provider %q", ref.Provider)
	}
	was, err := b.Give(c.r.Context(), ref, to)
	if err == nil && !was {
		err = b.Made(c.r.Context(), core.Object{ObjectRef: ref, Maker: to})
	}
	if err != nil {
		return h.noObjects(err)
	}
	h.didObject(c, "update", ref)
	send(c.w, http.StatusOK, map[string]any{"object": in})
	return nil
}

// forgetObject removes a record. What it was of stays at the provider.
func (h *Handler) forgetObject(c *call) error {
	b, err := h.objects()
	if err != nil {
		return err
	}
	q, err := c.query()
	if err != nil {
		return err
	}
	ref := core.ObjectRef{Provider: q.Get("provider"), Kind: q.Get("kind"), ID: q.Get("id")}
	was, err := b.Gone(c.r.Context(), ref)
	switch {
	case err != nil:
		return h.noObjects(err)
	case !was:
		return missing("there is no record of %q among the %q of %q", ref.ID, ref.Kind, ref.Provider)
	}
	h.didObject(c, "delete", ref)
	send(c.w, http.StatusOK, map[string]any{"message": "the record is forgotten"})
	return nil
}

// didObject tells of a change.
func (h *Handler) didObject(c *call, did string, ref core.ObjectRef) {
	what := "object/" + ref.Provider + "/" + ref.Kind + "/" + ref.ID
	h.o.Log.Info("a record of what a key made was changed", "by", "admin "+c.from(), "did", did, "what", what)
	if h.o.Changed != nil {
		h.o.Changed(Changed{Who: "admin", From: c.from(), Did: did, What: what, Revision: h.set().Revision})
	}
}

// noObjects is what is told when the book does not answer.
func (h *Handler) noObjects(err error) error {
	h.o.Log.Error("the book of objects does not answer", "error", err)
	return &core.Fault{Code: core.Overloaded, Kind: "store_unavailable", Message: "the book of what keys made does not answer", Hint: "try again", Retry: 2, Cause: err}
}
