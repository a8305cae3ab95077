package admin

import (
	"fmt"
	"strings"

	"asbru/control/store"
	"asbru/core/config"
)

// An entry is one object of the API, from the file or from the store.
type entry struct {
	kind     store.Kind
	id, name string // an object of the file has its name as id
	value    any    // of the type that store.Object has
	object   *store.Object
	path     string // position in the file
}

// An origin is the part of a view that says where an object is defined.
type origin struct {
	Source   string `json:"source"` // file or store
	ReadOnly bool   `json:"read_only,omitempty"`
	Created  string `json:"created_at,omitempty"`
	Updated  string `json:"updated_at,omitempty"`
}

func (e *entry) origin() origin {
	if e.object == nil {
		return origin{Source: "file", ReadOnly: true}
	}
	return origin{Source: "store", Created: moment(e.object.Created.UnixNano()), Updated: moment(e.object.Updated.UnixNano())}
}

// entries returns all objects of a kind, those of the file first.
func (h *Handler) entries(k store.Kind) []entry {
	out := fileEntries(k, h.base())
	for _, o := range h.set().All(k) {
		out = append(out, entry{kind: k, id: o.ID, name: o.Name, value: o.Value, object: o})
	}
	return out
}

// fileEntries returns the objects of a document.
func fileEntries(k store.Kind, d *config.Document) (out []entry) {
	add := func(name string, value any, list string, i int) {
		out = append(out, entry{kind: k, id: name, name: name, value: value, path: fmt.Sprintf("%s[%d]", list, i)})
	}
	switch k {
	case store.VirtualKey:
		for i := range d.VirtualKeys {
			add(d.VirtualKeys[i].Name, &d.VirtualKeys[i], "virtual_keys", i)
		}
	case store.Team:
		for i := range d.Teams {
			add(d.Teams[i].Name, &d.Teams[i], "teams", i)
		}
	case store.Customer:
		for i := range d.Customers {
			add(d.Customers[i].Name, &d.Customers[i], "customers", i)
		}
	case store.Override:
		for i := range d.Prices.Overrides {
			add(d.Prices.Overrides[i].Name, &d.Prices.Overrides[i], "prices.overrides", i)
		}
	case store.Provider:
		for i := range d.Providers {
			if p := &d.Providers[i]; len(p.Budgets)+len(p.RateLimits) > 0 {
				add(p.Name, &config.KeptProvider{Name: p.Name, Budgets: p.Budgets, RateLimits: p.RateLimits}, "providers", i)
			}
		}
	case store.Model:
		for i := range d.Models {
			if m := &d.Models[i]; len(m.Budgets)+len(m.RateLimits) > 0 {
				add(m.Alias, &config.KeptModel{Model: m.Alias, Budgets: m.Budgets, RateLimits: m.RateLimits}, "models", i)
			}
		}
	}
	return out
}

// entry finds an object of a kind by its id or name.
func (h *Handler) entry(k store.Kind, idOrName string) (entry, bool) {
	if o := h.set().Find(k, idOrName); o != nil {
		return entry{kind: k, id: o.ID, name: o.Name, value: o.Value, object: o}, true
	}
	for _, e := range fileEntries(k, h.base()) {
		if e.name == idOrName {
			return e, true
		}
	}
	return entry{}, false
}

// inFile refuses a change to an object of the configuration file.
func (h *Handler) inFile(k *resource, e entry) error {
	return conflict("change it there; the file is loaded again by itself", "cannot change %s %q: it stands in %s", k.word, e.name, h.where(e.path))
}

// where returns the file and line of a path of the document.
func (h *Handler) where(path string) string {
	if p := h.o.Plane.Where(path); p.File != "" {
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return "the configuration"
}

// refer resolves a reference by id or name to the object's name. Empty means none.
func (h *Handler) refer(e *store.Edit, k store.Kind, field, idOrName string) (string, error) {
	if idOrName == "" {
		return "", nil
	}
	if o := e.Find(k, idOrName); o != nil {
		return o.Name, nil
	}
	for _, f := range fileEntries(k, h.base()) {
		if f.name == idOrName {
			return f.name, nil
		}
	}
	return "", invalid("", "%s: there is no %s with the id or name %q", field, strings.ReplaceAll(string(k), "-", " "), idOrName)
}

// idOf returns the id of the object with a name; the name itself if there is no such object.
func (h *Handler) idOf(k store.Kind, name string) string {
	if o := h.set().Find(k, name); o != nil {
		return o.ID
	}
	return name
}

// A ref is a short reference to another object.
type ref struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func (h *Handler) ref(k store.Kind, name string) *ref {
	if name == "" {
		return nil
	}
	return &ref{h.idOf(k, name), name}
}
