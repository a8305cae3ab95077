package stores

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
)

// A Qdrant stands in for the REST interface of Qdrant 1.10 and later.
// https://api.qdrant.tech/api-reference
type Qdrant struct {
	Rows
	Key     string // required of clients; empty: none
	indexed map[string]string
}

var (
	uuidShape = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	nameShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)
)

// ServeHTTP implements http.Handler.
func (q *Qdrant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if q.isDown() {
		http.Error(w, `{"status":{"error":"down"}}`, http.StatusServiceUnavailable)
		return
	}
	if r.Header.Get("Api-Key") != q.Key {
		http.Error(w, `{"status":{"error":"Must provide an API key"}}`, http.StatusForbidden)
		return
	}
	body, _ := io.ReadAll(r.Body)
	status, result := q.answer(r, body)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if status != 200 {
		json.NewEncoder(w).Encode(map[string]any{"status": map[string]any{"error": result}})
		return
	}
	json.NewEncoder(w).Encode(map[string]any{"result": result, "status": "ok", "time": 0.001})
}

func (q *Qdrant) answer(r *http.Request, body []byte) (status int, result any) {
	rest, ok := strings.CutPrefix(r.URL.Path, "/collections/")
	name, what, _ := strings.Cut(rest, "/")
	if !ok || !nameShape.MatchString(name) {
		return 404, q.problem("no path %s", r.URL.Path)
	}
	if r.Method != "GET" && r.Header.Get("Content-Type") != "application/json" {
		return 415, q.problem("content type %q", r.Header.Get("Content-Type"))
	}
	switch dims := q.dims(name); r.Method + " " + what {
	case "GET exists":
		return 200, map[string]any{"exists": dims > 0}
	case "PUT ":
		return q.create(name, body)
	case "PUT index", "PUT points", "POST points/query", "POST points/delete":
		if dims == 0 {
			return 404, "Collection `" + name + "` doesn't exist!"
		}
	}
	switch r.Method + " " + what {
	case "PUT index":
		return q.index(body)
	case "PUT points":
		return q.upsert(name, body)
	case "POST points/query":
		return q.query(name, body)
	case "POST points/delete":
		return q.delete(name, body)
	}
	return 404, q.problem("no %s %s", r.Method, r.URL.Path)
}

func strictly(body []byte, into any) error {
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

func (q *Qdrant) create(name string, body []byte) (int, any) {
	var in struct {
		Vectors struct {
			Size     int    `json:"size"`
			Distance string `json:"distance"`
		} `json:"vectors"`
	}
	if err := strictly(body, &in); err != nil || in.Vectors.Size < 1 || in.Vectors.Size > 65536 || in.Vectors.Distance != "Cosine" {
		return 400, q.problem("collection %s: %v", body, err)
	}
	if !q.make(name, in.Vectors.Size) {
		return 409, "Wrong input: Collection `" + name + "` already exists!"
	}
	return 200, true
}

func (q *Qdrant) index(body []byte) (int, any) {
	var in struct {
		Name   string `json:"field_name"`
		Schema string `json:"field_schema"`
	}
	if err := strictly(body, &in); err != nil || in.Name == "" || in.Schema != "keyword" && in.Schema != "integer" {
		return 400, q.problem("index %s: %v", body, err)
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.indexed == nil {
		q.indexed = map[string]string{}
	}
	q.indexed[in.Name] = in.Schema
	return 200, map[string]any{"operation_id": 1, "status": "completed"}
}

// indexedAs returns the kind of a field's index; empty: it has none.
func (q *Qdrant) indexedAs(name string) string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.indexed[name]
}

func (q *Qdrant) upsert(name string, body []byte) (int, any) {
	var in struct {
		Points []struct {
			ID      string         `json:"id"`
			Vector  []float32      `json:"vector"`
			Payload map[string]any `json:"payload"`
		} `json:"points"`
	}
	if err := strictly(body, &in); err != nil || len(in.Points) == 0 {
		return 400, q.problem("points %.200s: %v", body, err)
	}
	for _, p := range in.Points {
		if !uuidShape.MatchString(p.ID) || len(p.Vector) != q.dims(name) {
			return 400, q.problem("point %q of %d numbers", p.ID, len(p.Vector))
		}
		q.put(name, &point{p.ID, p.Vector, p.Payload})
	}
	return 200, map[string]any{"operation_id": 2, "status": "completed"}
}

// A condition is one condition of a filter.
type condition struct {
	Key   string `json:"key"`
	Match *struct {
		Value any `json:"value"`
	} `json:"match"`
	Range  map[string]float64 `json:"range"`
	Should []condition        `json:"should"`
	Must   []condition        `json:"must"`
}

// compile returns a test for a filter, all of whose fields must have an index.
func (q *Qdrant) compile(all []condition) (func(*point) bool, error) {
	var tests []func(*point) bool
	for _, c := range all {
		switch {
		case c.Should != nil:
			var any []func(*point) bool
			for _, s := range c.Should {
				t, err := q.compile([]condition{s})
				if err != nil {
					return nil, err
				}
				any = append(any, t)
			}
			tests = append(tests, func(p *point) bool {
				for _, t := range any {
					if t(p) {
						return true
					}
				}
				return false
			})
		case c.Match != nil && q.indexedAs(c.Key) == "keyword":
			tests = append(tests, func(p *point) bool { return p.fields[c.Key] == c.Match.Value })
		case len(c.Range) > 0 && q.indexedAs(c.Key) == "integer":
			for op, v := range c.Range {
				cmp := map[string]func(a, b float64) bool{"gt": func(a, b float64) bool { return a > b }, "lt": func(a, b float64) bool { return a < b },
					"lte": func(a, b float64) bool { return a <= b }, "gte": func(a, b float64) bool { return a >= b }}[op]
				if cmp == nil {
					return nil, fmt.Errorf("no range %q", op)
				}
				tests = append(tests, func(p *point) bool { return cmp(number(p, c.Key), v) })
			}
		default:
			return nil, fmt.Errorf("no condition, or no index for it: %+v", c)
		}
	}
	return func(p *point) bool {
		for _, t := range tests {
			if !t(p) {
				return false
			}
		}
		return true
	}, nil
}

type qdrantFilter struct {
	Must []condition `json:"must"`
}

func (q *Qdrant) query(name string, body []byte) (int, any) {
	var in struct {
		Query   []float32    `json:"query"`
		Limit   int          `json:"limit"`
		Payload []string     `json:"with_payload"`
		Filter  qdrantFilter `json:"filter"`
	}
	err := strictly(body, &in)
	test, bad := q.compile(in.Filter.Must)
	if err != nil || bad != nil || len(in.Query) != q.dims(name) || in.Limit < 1 {
		return 400, q.problem("query %.300s: %v %v", body, err, bad)
	}
	points := []map[string]any{}
	for _, n := range q.search(name, in.Query, in.Limit, test) {
		payload := map[string]any{}
		for _, f := range in.Payload {
			payload[f] = n.fields[f]
		}
		points = append(points, map[string]any{"id": n.id, "version": 1, "score": n.cosine, "payload": payload})
	}
	return 200, map[string]any{"points": points}
}

func (q *Qdrant) delete(name string, body []byte) (int, any) {
	var in struct {
		Filter *qdrantFilter `json:"filter"`
	}
	err := strictly(body, &in)
	if err != nil || in.Filter == nil {
		return 400, q.problem("delete %s: %v", body, err)
	}
	test, err := q.compile(in.Filter.Must)
	if err != nil {
		return 400, q.problem("delete %s: %v", body, err)
	}
	q.remove(name, test)
	return 200, map[string]any{"operation_id": 3, "status": "completed"}
}
