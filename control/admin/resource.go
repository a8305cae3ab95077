package admin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"asbru/control/store"
)

// A resource is one kind of object of the API.
type resource struct {
	kind      store.Kind
	word      string // name in messages
	one, many string // members of answers
	made      bool   // POST creates one

	all  func(h *Handler) []entry                                          // nil: h.entries
	view func(h *Handler, e entry) any                                     // returns a pointer to a struct of this package
	in   func(h *Handler, e *store.Edit, b []byte, was *entry) (in, error) // nil: read-only
	pick func(h *Handler, e entry, q url.Values) bool                      // filters a list by its query; nil: no filter
}

// An in is the object that a request body describes.
type in struct {
	name  string
	value any
	show  string // a new key, to be shown in the answer, once
}

// resources returns all kinds by their path element.
func resources() map[string]*resource {
	return map[string]*resource{
		"virtual-keys":      {kind: store.VirtualKey, word: "virtual key", one: "virtual_key", many: "virtual_keys", made: true, view: (*Handler).viewKey, in: (*Handler).keyIn, pick: (*Handler).pickKey},
		"teams":             {kind: store.Team, word: "team", one: "team", many: "teams", made: true, view: (*Handler).viewOwner, in: (*Handler).teamIn, pick: (*Handler).pickTeam},
		"customers":         {kind: store.Customer, word: "customer", one: "customer", many: "customers", made: true, view: (*Handler).viewOwner, in: (*Handler).customerIn},
		"model-configs":     {kind: store.Model, word: "model config", one: "model_config", many: "model_configs", made: true, view: (*Handler).viewModel, in: (*Handler).modelIn},
		"pricing-overrides": {kind: store.Override, word: "pricing override", one: "pricing_override", many: "pricing_overrides", made: true, view: (*Handler).viewPrice, in: (*Handler).priceIn},
		"providers":         {kind: store.Provider, word: "provider", one: "provider", many: "providers", all: (*Handler).providers, view: (*Handler).viewProvider, in: (*Handler).providerIn},
		"budgets":           {kind: "budget", word: "budget", one: "budget", many: "budgets", all: (*Handler).allBudgets, view: (*Handler).viewPart},
		"rate-limits":       {kind: "rate-limit", word: "rate limit", one: "rate_limit", many: "rate_limits", all: (*Handler).allLimits, view: (*Handler).viewPart},
	}
}

// named returns the entry that a call names.
func (h *Handler) named(c *call) (entry, error) {
	if c.kind.all == nil {
		if e, ok := h.entry(c.kind.kind, c.rest[0]); ok {
			return e, nil
		}
		return entry{}, missing("there is no %s with the id or name %q", c.kind.word, c.rest[0])
	}
	var called []entry
	for _, e := range c.kind.all(h) {
		if e.id == c.rest[0] {
			return e, nil
		}
		if e.name == c.rest[0] {
			called = append(called, e)
		}
	}
	if len(called) > 1 {
		return entry{}, conflict("name it by its id, "+called[0].id+" or "+called[1].id, "there are %d %ss with the name %q", len(called), c.kind.word, c.rest[0])
	}
	if len(called) == 1 {
		return called[0], nil
	}
	return entry{}, missing("there is no %s with the id or name %q", c.kind.word, c.rest[0])
}

func (h *Handler) list(c *call) error {
	q, err := c.query()
	if err != nil {
		return err
	}
	limit, offset := defaultRow, 0
	for _, p := range []struct {
		name string
		to   *int
	}{{"limit", &limit}, {"offset", &offset}} {
		if text := q.Get(p.name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 {
				return invalid("", "%s %q is no number from 0 on", p.name, text)
			}
			*p.to = n
		}
	}
	if limit == 0 || limit > maxRows {
		limit = maxRows
	}
	var all []entry
	if c.kind.all != nil {
		all = c.kind.all(h)
	} else {
		all = h.entries(c.kind.kind)
	}
	search := strings.ToLower(q.Get("search"))
	rows, total := []any{}, 0
	for _, e := range all {
		if search != "" && !strings.Contains(strings.ToLower(e.name), search) && !(e.kind == "" && strings.Contains(strings.ToLower(e.id), search)) || c.kind.pick != nil && !c.kind.pick(h, e, q) {
			continue
		}
		if total++; total > offset && len(rows) < limit {
			rows = append(rows, c.kind.view(h, e))
		}
	}
	send(c.w, http.StatusOK, map[string]any{c.kind.many: rows, "count": len(rows), "total_count": total, "limit": limit, "offset": offset})
	return nil
}

func (h *Handler) show(c *call) error {
	e, err := h.named(c)
	if err != nil {
		return err
	}
	send(c.w, http.StatusOK, map[string]any{c.kind.one: c.kind.view(h, e)})
	return nil
}

func (h *Handler) create(c *call) error {
	members, err := c.body()
	if err != nil {
		return err
	}
	b, err := json.Marshal(members)
	if err != nil {
		return invalid("", "cannot read the body: %v", err)
	}
	return h.keep(c, "created", nil, func(*entry) ([]byte, error) { return b, nil })
}

func (h *Handler) update(c *call) error {
	e, err := h.named(c)
	switch {
	case err != nil:
		return err
	case e.object == nil && e.path != "":
		return h.inFile(c.kind, e)
	}
	members, err := c.body()
	if err != nil {
		return err
	}
	return h.keep(c, "updated", &e, func(now *entry) ([]byte, error) { return over(c.kind.view(h, *now), members) })
}

// voidable are the members that null unsets. In others null means that the member is not given, as in Bifrost: a client
// that sends all that it knows of must not lift a revocation or a limit.
var voidable = map[string]bool{"disable_content_logging": true, "pricing_patch": true, "patch": true, "factor": true, "cost_per_request": true}

// over returns a view as JSON with some of its members replaced by those of a body.
func over(view any, members map[string]json.RawMessage) ([]byte, error) {
	b, err := json.Marshal(view)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	var now map[string]json.RawMessage
	if err := json.Unmarshal(b, &now); err != nil {
		panic("BUG: " + err.Error())
	}
	maps.DeleteFunc(members, func(name string, value json.RawMessage) bool { return string(value) == "null" && !voidable[name] })
	for _, pair := range [][2]string{{"rate_limit", "rate_limits"}, {"budget", "budgets"}} {
		if _, given := members[pair[0]]; given {
			delete(now, pair[1])
		} else if _, given := members[pair[1]]; given {
			delete(now, pair[0])
		}
	}
	for _, pair := range [][2]string{{"team_id", "customer_id"}, {"customer_id", "team_id"}} {
		if text, given := members[pair[0]]; given && string(text) != `""` && members[pair[1]] == nil {
			delete(now, pair[1])
		}
	}
	var some []json.RawMessage
	if json.Unmarshal(members["provider_configs"], &some) == nil && len(some) > 0 {
		delete(now, "allow_all_providers")
	}
	if members["calendar_aligned"] != nil { // the owner's word is for the budgets that do not say
		now["budgets"] = unsaid(now["budgets"])
		now["provider_configs"] = unsaid(now["provider_configs"])
	}
	maps.DeleteFunc(now, func(_ string, value json.RawMessage) bool { return value == nil })
	maps.Copy(now, members)
	return json.Marshal(now)
}

// unsaid returns a list of budgets, or of what has budgets, of which none says whether it begins with the calendar.
func unsaid(list json.RawMessage) json.RawMessage {
	var all []map[string]json.RawMessage
	if json.Unmarshal(list, &all) != nil {
		return list
	}
	for _, x := range all {
		delete(x, "calendar_aligned")
		if x["budgets"] != nil {
			x["budgets"] = unsaid(x["budgets"])
		}
	}
	b, err := json.Marshal(all)
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return b
}

// keep stores what a body describes, replacing was or as a new object, and shows it. The body is asked for once nobody
// else can change the object any more: of two changes of different members at once, both last.
func (h *Handler) keep(c *call, did string, was *entry, body func(now *entry) ([]byte, error)) error {
	var made in
	var kept *store.Object
	err := h.change(c, func(e *store.Edit) error {
		id := ""
		if was != nil {
			o := e.Find(c.kind.kind, was.id)
			if o == nil && was.object != nil {
				return missing("there is no %s with the id %q any more", c.kind.word, was.id)
			}
			if o != nil {
				id, was.value, was.object = o.ID, o.Value, o
			}
		}
		b, err := body(was)
		if err != nil {
			return err
		}
		x, err := c.kind.in(h, e, b, was)
		if err != nil {
			return err
		}
		made = x
		if err := h.free(c.kind, e, x.name, id); err != nil {
			return err
		}
		kept, err = e.Put(c.kind.kind, id, x.name, x.value)
		return err
	})
	if err != nil {
		return err
	}
	e := entry{kind: c.kind.kind, id: kept.ID, name: kept.Name, value: kept.Value, object: kept}
	if c.kind.kind == store.Provider {
		e.id = e.name
	}
	view := c.kind.view(h, e)
	if k, ok := view.(*keyView); ok {
		k.Value = made.show
	}
	send(c.w, http.StatusOK, map[string]any{"message": title(c.kind.word) + " " + did + " successfully", c.kind.one: view})
	return nil
}

// free refuses a name that is in use.
func (h *Handler) free(k *resource, e *store.Edit, name, id string) error {
	if o := e.Find(k.kind, name); o != nil && o.ID != id {
		return conflict("take another name", "there is a %s named %q already, with the id %s", k.word, name, o.ID)
	}
	if k.kind == store.Provider || k.kind == store.Model { // they extend those of the file
		return nil
	}
	for _, f := range fileEntries(k.kind, h.base()) {
		if f.name == name {
			return h.inFile(k, f)
		}
	}
	return nil
}

func (h *Handler) remove(c *call) error {
	e, err := h.named(c)
	switch {
	case err != nil:
		return err
	case e.object == nil && e.path != "":
		return h.inFile(c.kind, e)
	case e.object == nil:
		return missing("%s %q has nothing to delete", c.kind.word, e.name)
	}
	err = h.change(c, func(edit *store.Edit) error {
		o := edit.Find(c.kind.kind, e.object.ID)
		if o == nil {
			return missing("there is no %s with the id %q any more", c.kind.word, e.id)
		}
		if who := h.users(edit, o); who != "" {
			return conflict("change or delete that first", "cannot delete %s %q: %s has it", c.kind.word, o.Name, who)
		}
		edit.Delete(o)
		return nil
	})
	if err != nil {
		return err
	}
	send(c.w, http.StatusOK, map[string]any{"message": title(c.kind.word) + " deleted successfully"})
	return nil
}

func title(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// read decodes a body strictly into a view.
func read(b []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if bad := new(json.UnmarshalTypeError); errors.As(err, &bad) {
		return invalid("docs/ADMIN.md lists what there is", "cannot read the body: %s is %s where %s belongs", bad.Field, article(bad.Value), kindWord(bad.Type.Kind()))
	}
	if err != nil {
		return invalid("docs/ADMIN.md lists what there is", "cannot read the body: %s", strings.TrimPrefix(fmt.Sprint(err), "json: "))
	}
	return nil
}

// article describes a JSON value in words: encoding/json calls it "string" or "number -1".
func article(value string) string {
	switch value {
	case "bool":
		return "true or false"
	case "array":
		return "a list"
	case "object":
		return "an object"
	}
	if strings.HasPrefix(value, "number ") {
		return "the " + value
	}
	return "a " + value
}

// kindWord describes the JSON value for a Go kind.
func kindWord(k reflect.Kind) string {
	switch k {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Float64:
		return "a number"
	}
	return "a whole number"
}
