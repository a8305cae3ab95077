// Package qdrant keeps questions in a collection of Qdrant, over its REST interface.
//
// It refuses to change an existing collection: one for vectors of another size has another name.
//
// Source: https://api.qdrant.tech/api-reference (collections, points; Query needs 1.10).
package qdrant

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"asbru/cache/vector"
)

// A Store uses a collection for each size of vectors, called NAME_SIZE.
type Store struct {
	server *vector.Server
	name   string
	path   atomic.Pointer[string] // of the collection; nil: not prepared
}

// Open returns a Store at p without a request.
func Open(p vector.Place) (*Store, error) {
	fields := http.Header{}
	if p.Secret != "" {
		fields["Api-Key"] = []string{string(p.Secret)}
	}
	server, err := vector.NewServer(&p, fields)
	if err != nil {
		return nil, err
	}
	return &Store{server: server, name: p.Name}, nil
}

type object = map[string]any

// indexed are the fields used in filters, with their types.
var indexed = [...][2]string{{"space", "keyword"}, {"key", "keyword"}, {"until", "integer"}, {"id", "keyword"},
	{"owner", "keyword"}, {"label", "keyword"}, {"asked", "keyword"}, {"answered", "keyword"}, {"born", "integer"}}

// Prepare implements vector.Store.
func (s *Store) Prepare(ctx context.Context, dims int) error {
	path := "/collections/" + s.name + "_" + strconv.Itoa(dims)
	var is struct {
		Result struct {
			Exists bool `json:"exists"`
		} `json:"result"`
	}
	if err := s.server.Call(ctx, "GET", path+"/exists", nil, &is); err != nil {
		return err
	}
	if !is.Result.Exists {
		err := s.server.Call(ctx, "PUT", path, object{"vectors": object{"size": dims, "distance": "Cosine"}}, nil)
		if err != nil && !vector.Is(err, http.StatusConflict) { // another process was faster
			return err
		}
	}
	for _, f := range indexed { // this does nothing if the index exists
		if err := s.server.Call(ctx, "PUT", path+"/index?wait=true", object{"field_name": f[0], "field_schema": f[1]}, nil); err != nil {
			return err
		}
	}
	s.path.Store(&path)
	return nil
}

// at returns a path below that of the collection.
func (s *Store) at(what string) (string, error) {
	if path := s.path.Load(); path != nil {
		return *path + what, nil
	}
	return "", fmt.Errorf("cannot use collection %q: it was not prepared", s.name)
}

// A payload is the data stored with a vector.
type payload struct {
	Space    string `json:"space"`
	Key      string `json:"key"`
	Text     string `json:"text"`   // base64: it may be sealed
	Answer   string `json:"answer"` // base64
	Until    int64  `json:"until"`  // Unix seconds
	ID       string `json:"id"`
	Owner    string `json:"owner"`
	Label    string `json:"label"`
	Asked    string `json:"asked"`
	Answered string `json:"answered"`
	Born     int64  `json:"born"` // Unix seconds
}

// Add implements vector.Store.
func (s *Store) Add(ctx context.Context, r *vector.Row) error {
	path, err := s.at("/points?wait=true")
	if err != nil {
		return err
	}
	return s.server.Call(ctx, "PUT", path, object{"points": []object{{"id": vector.UUID(&r.Key), "vector": r.Vector, "payload": payload{
		Space: vector.Hex(r.Space[:]), Key: vector.Hex(r.Key[:]), Text: encode(r.Text), Answer: encode(r.Answer), Until: r.Until.Unix(),
		ID: vector.Hex(r.ID[:]), Owner: r.Owner, Label: r.Label, Asked: r.Asked, Answered: r.Answered, Born: r.Born.Unix(),
	}}}}, nil)
}

// Search implements vector.Store.
func (s *Store) Search(ctx context.Context, q *vector.Query) ([]vector.Found, error) {
	path, err := s.at("/points/query")
	if err != nil {
		return nil, err
	}
	var res struct {
		Result struct {
			Points []struct {
				Score   float32 `json:"score"`
				Payload payload `json:"payload"`
			} `json:"points"`
		} `json:"result"`
	}
	err = s.server.Call(ctx, "POST", path, object{
		"query": q.Vector, "limit": q.Top, "with_payload": []string{"space", "key", "text", "answer", "until"},
		"filter": object{"must": []object{is("space", vector.Hex(q.Space[:])), {"key": "until", "range": object{"gt": q.Now.Unix()}}}},
	}, &res)
	if err != nil {
		return nil, err
	}
	var all []vector.Found
	for i := range res.Result.Points {
		p := &res.Result.Points[i]
		if f, ok := p.Payload.found(); ok {
			f.Similarity = p.Score
			all = append(all, f)
		}
	}
	return all, nil
}

// found decodes p. ok is false if a field is malformed.
func (p *payload) found() (f vector.Found, ok bool) {
	text, err1 := base64.StdEncoding.DecodeString(p.Text)
	answer, err2 := base64.StdEncoding.DecodeString(p.Answer)
	var keyed, spaced bool
	f.Key, keyed = vector.Digest(p.Key)
	f.Space, spaced = vector.Digest(p.Space)
	f.Text, f.Answer, f.Until = string(text), string(answer), time.Unix(p.Until, 0)
	return f, err1 == nil && err2 == nil && keyed && spaced
}

// Remove implements vector.Store.
func (s *Store) Remove(ctx context.Context, f *vector.Filter) error {
	path, err := s.at("/points/delete?wait=true")
	if err != nil {
		return err
	}
	return s.server.Call(ctx, "POST", path, object{"filter": filter(f)}, nil)
}

func filter(f *vector.Filter) object {
	must := []object{}
	if f.Key != nil {
		must = append(must, is("key", vector.Hex(f.Key[:])))
	}
	if f.ID != nil {
		must = append(must, is("id", vector.Hex(f.ID[:])))
	}
	if f.Owner != "" {
		must = append(must, is("owner", f.Owner))
	}
	if f.Label != "" {
		must = append(must, is("label", f.Label))
	}
	if f.Model != "" {
		must = append(must, object{"should": []object{is("asked", f.Model), is("answered", f.Model)}})
	}
	if !f.Before.IsZero() {
		must = append(must, object{"key": "born", "range": object{"lt": f.Before.Unix()}})
	}
	if !f.Over.IsZero() {
		must = append(must, object{"key": "until", "range": object{"lte": f.Over.Unix()}})
	}
	return object{"must": must}
}

func is(field, value string) object {
	return object{"key": field, "match": object{"value": value}}
}

func encode(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// Close implements vector.Store.
func (s *Store) Close() error {
	s.server.Close()
	return nil
}
