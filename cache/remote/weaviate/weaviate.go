// Package weaviate keeps questions in a class of Weaviate, over REST and GraphQL.
//
// It refuses to let Weaviate compute vectors, and to change an existing class: one for vectors of
// another size has another name.
//
// Source: https://docs.weaviate.io/weaviate/api/rest (schema, batch) and
// https://docs.weaviate.io/weaviate/api/graphql (Get, nearVector, where).
package weaviate

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"asbru/cache/vector"
)

// A Store uses a class for each size of vectors, called Name_SIZE.
type Store struct {
	server *vector.Server
	name   string
	class  atomic.Pointer[string] // nil: not prepared
}

// Open returns a Store at p without a request.
func Open(p vector.Place) (*Store, error) {
	fields := http.Header{}
	if p.Secret != "" {
		fields["Authorization"] = []string{"Bearer " + string(p.Secret)}
	}
	server, err := vector.NewServer(&p, fields)
	if err != nil {
		return nil, err
	}
	return &Store{server: server, name: strings.ToUpper(p.Name[:1]) + p.Name[1:]}, nil // names of classes begin with a capital
}

type object = map[string]any

// texts and numbers are the properties of a class.
var (
	texts   = [...]string{"space", "key", "entry", "owner", "label", "asked", "answered"}
	sealed  = [...]string{"text", "answer"} // base64, never searched
	numbers = [...]string{"until", "born"}  // Unix seconds
)

// Prepare implements vector.Store.
func (s *Store) Prepare(ctx context.Context, dims int) error {
	class := s.name + "_" + strconv.Itoa(dims)
	err := s.server.Call(ctx, "GET", "/v1/schema/"+class, nil, nil)
	if vector.Is(err, http.StatusNotFound) {
		err = s.server.Call(ctx, "POST", "/v1/schema", schema(class), nil)
		if vector.Is(err, http.StatusUnprocessableEntity) && s.server.Call(ctx, "GET", "/v1/schema/"+class, nil, nil) == nil {
			err = nil // another process was faster
		}
	}
	if err == nil {
		s.class.Store(&class)
	}
	return err
}

func schema(class string) object {
	var all []object
	for _, name := range texts {
		all = append(all, object{"name": name, "dataType": []string{"text"}, "tokenization": "field", "indexFilterable": true, "indexSearchable": false})
	}
	for _, name := range sealed {
		all = append(all, object{"name": name, "dataType": []string{"text"}, "tokenization": "field", "indexFilterable": false, "indexSearchable": false})
	}
	for _, name := range numbers {
		all = append(all, object{"name": name, "dataType": []string{"int"}, "indexFilterable": true, "indexRangeFilters": true})
	}
	return object{"class": class, "vectorizer": "none", "vectorIndexType": "hnsw", "vectorIndexConfig": object{"distance": "cosine"}, "properties": all}
}

func (s *Store) prepared() (string, error) {
	if class := s.class.Load(); class != nil {
		return *class, nil
	}
	return "", fmt.Errorf("cannot use class %q: it was not prepared", s.name)
}

// Add implements vector.Store. It uses a batch, which replaces an existing object; a single insertion
// does not.
func (s *Store) Add(ctx context.Context, r *vector.Row) error {
	class, err := s.prepared()
	if err != nil {
		return err
	}
	var res []struct {
		Result struct {
			Errors *struct {
				Error []struct {
					Message string `json:"message"`
				} `json:"error"`
			} `json:"errors"`
		} `json:"result"`
	}
	err = s.server.Call(ctx, "POST", "/v1/batch/objects", object{"objects": []object{{
		"class": class, "id": vector.UUID(&r.Key), "vector": r.Vector, "properties": object{
			"space": vector.Hex(r.Space[:]), "key": vector.Hex(r.Key[:]), "text": encode(r.Text), "answer": encode(r.Answer),
			"until": r.Until.Unix(), "born": r.Born.Unix(), "entry": vector.Hex(r.ID[:]), "owner": encode(r.Owner), "label": encode(r.Label),
			"asked": encode(r.Asked), "answered": encode(r.Answered),
		},
	}}}, &res)
	if err == nil && len(res) > 0 && res[0].Result.Errors != nil && len(res[0].Result.Errors.Error) > 0 {
		err = errors.New("it refuses an object: " + res[0].Result.Errors.Error[0].Message)
	}
	return err
}

// Search implements vector.Store.
func (s *Store) Search(ctx context.Context, q *vector.Query) ([]vector.Found, error) {
	class, err := s.prepared()
	if err != nil {
		return nil, err
	}
	var res struct {
		Data struct {
			Get map[string][]row `json:"Get"`
		} `json:"data"`
		Errors []struct {
			Message string `json:"message"`
		} `json:"errors"`
	}
	if err := s.server.Call(ctx, "POST", "/v1/graphql", object{"query": query(class, q)}, &res); err != nil {
		return nil, err
	}
	if len(res.Errors) > 0 {
		return nil, errors.New("it cannot search: " + res.Errors[0].Message)
	}
	var all []vector.Found
	for i := range res.Data.Get[class] {
		if f, ok := res.Data.Get[class][i].found(); ok {
			all = append(all, f)
		}
	}
	return all, nil
}

// query returns a search in GraphQL. It contains only digests and numbers, no text of a caller.
func query(class string, q *vector.Query) string {
	b := append([]byte("{Get{"), class...)
	b = strconv.AppendInt(append(b, "(limit:"...), int64(q.Top), 10)
	b = append(b, ",nearVector:{vector:["...)
	for i, v := range q.Vector {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendFloat(b, float64(v), 'g', -1, 32)
	}
	b = append(b, `]},where:{operator:And,operands:[{path:["space"],operator:Equal,valueText:"`...)
	b = append(append(b, vector.Hex(q.Space[:])...), `"},{path:["until"],operator:GreaterThan,valueInt:`...)
	b = strconv.AppendInt(b, q.Now.Unix(), 10)
	return string(append(b, "}]}){space key text answer until _additional{distance}}}}"...))
}

// A row is one result of a search.
type row struct {
	Space, Key, Text, Answer string
	Until                    int64
	Additional               struct {
		Distance *float32 `json:"distance"`
	} `json:"_additional"`
}

func (r *row) found() (f vector.Found, ok bool) {
	text, err1 := base64.StdEncoding.DecodeString(r.Text)
	answer, err2 := base64.StdEncoding.DecodeString(r.Answer)
	if err1 != nil || err2 != nil || r.Additional.Distance == nil {
		return f, false
	}
	var keyed, spaced bool
	f.Key, keyed = vector.Digest(r.Key)
	f.Space, spaced = vector.Digest(r.Space)
	f.Text, f.Answer, f.Until, f.Similarity = string(text), string(answer), time.Unix(r.Until, 0), 1-*r.Additional.Distance
	return f, keyed && spaced
}

// Remove implements vector.Store. Weaviate removes a limited number at a time, so the request is
// repeated until nothing is left.
func (s *Store) Remove(ctx context.Context, f *vector.Filter) error {
	class, err := s.prepared()
	if err != nil {
		return err
	}
	body := object{"match": object{"class": class, "where": where(f)}, "output": "minimal", "dryRun": false}
	for {
		var res struct {
			Results struct{ Matches, Successful, Failed int64 }
		}
		if err := s.server.Call(ctx, "DELETE", "/v1/batch/objects", body, &res); err != nil {
			return err
		}
		switch r := &res.Results; {
		case r.Failed > 0 || r.Successful == 0 && r.Matches > 0:
			return fmt.Errorf("cannot remove %d of %d rows", r.Matches-r.Successful, r.Matches)
		case r.Successful >= r.Matches:
			return nil
		}
	}
}

// where returns f as a filter. It is never empty, because Weaviate requires one.
func where(f *vector.Filter) object {
	all := []object{{"path": []string{"until"}, "operator": "GreaterThan", "valueInt": 0}}
	equal := func(name, value string) object {
		return object{"path": []string{name}, "operator": "Equal", "valueText": value}
	}
	if f.Key != nil {
		all = append(all, equal("key", vector.Hex(f.Key[:])))
	}
	if f.ID != nil {
		all = append(all, equal("entry", vector.Hex(f.ID[:])))
	}
	if f.Owner != "" {
		all = append(all, equal("owner", encode(f.Owner)))
	}
	if f.Label != "" {
		all = append(all, equal("label", encode(f.Label)))
	}
	if f.Model != "" {
		all = append(all, object{"operator": "Or", "operands": []object{equal("asked", encode(f.Model)), equal("answered", encode(f.Model))}})
	}
	if !f.Before.IsZero() {
		all = append(all, object{"path": []string{"born"}, "operator": "LessThan", "valueInt": f.Before.Unix()})
	}
	if !f.Over.IsZero() {
		all = append(all, object{"path": []string{"until"}, "operator": "LessThanEqual", "valueInt": f.Over.Unix()})
	}
	return object{"operator": "And", "operands": all}
}

// encode protects a text from Weaviate's handling of blanks and words.
func encode(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// Close implements vector.Store.
func (s *Store) Close() error {
	s.server.Close()
	return nil
}
