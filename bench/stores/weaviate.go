package stores

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Weaviate stands in for the schema, the batches and the GraphQL of Weaviate.
// https://docs.weaviate.io/weaviate/api
type Weaviate struct {
	Rows
	Key     string
	classes map[string]map[string]property
	most    int // objects that one delete removes; 0: all
}

// Most bounds the objects that one delete removes, as QUERY_MAXIMUM_RESULTS does.
func (v *Weaviate) Most(n int) { v.mu.Lock(); v.most = n; v.mu.Unlock() }

type property struct {
	Name         string   `json:"name"`
	DataType     []string `json:"dataType"`
	Tokenization string   `json:"tokenization"`
	Filterable   bool     `json:"indexFilterable"`
	Searchable   bool     `json:"indexSearchable"`
	Ranges       bool     `json:"indexRangeFilters"`
}

var classShape = regexp.MustCompile(`^[A-Z][_0-9A-Za-z]*$`)

// ServeHTTP implements http.Handler.
func (v *Weaviate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if v.isDown() {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	if v.Key != "" && r.Header.Get("Authorization") != "Bearer "+v.Key {
		http.Error(w, `{"error":[{"message":"anonymous access not enabled"}]}`, http.StatusUnauthorized)
		return
	}
	body, _ := io.ReadAll(r.Body)
	status, out := v.answer(r, body)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if s, ok := out.(string); ok {
		out = map[string]any{"error": []map[string]any{{"message": s}}}
	}
	json.NewEncoder(w).Encode(out)
}

func (v *Weaviate) answer(r *http.Request, body []byte) (int, any) {
	if class, ok := strings.CutPrefix(r.URL.Path, "/v1/schema/"); ok && r.Method == "GET" {
		if v.dims(class) == 0 {
			return 404, "no such class"
		}
		return 200, map[string]any{"class": class}
	}
	if r.Header.Get("Content-Type") != "application/json" {
		return 415, v.problem("content type %q", r.Header.Get("Content-Type"))
	}
	switch r.Method + " " + r.URL.Path {
	case "POST /v1/schema":
		return v.create(body)
	case "POST /v1/batch/objects":
		return v.batch(body)
	case "POST /v1/graphql":
		return v.graphql(body)
	case "DELETE /v1/batch/objects":
		return v.delete(body)
	}
	return 404, v.problem("no %s %s", r.Method, r.URL.Path)
}

func (v *Weaviate) create(body []byte) (int, any) {
	var in struct {
		Class      string            `json:"class"`
		Vectorizer string            `json:"vectorizer"`
		Index      string            `json:"vectorIndexType"`
		Config     map[string]string `json:"vectorIndexConfig"`
		Properties []property        `json:"properties"`
	}
	if err := strictly(body, &in); err != nil || !classShape.MatchString(in.Class) || in.Vectorizer != "none" || in.Index != "hnsw" || in.Config["distance"] != "cosine" {
		return 422, v.problem("class %s: %v", body, err)
	}
	props := map[string]property{}
	for _, p := range in.Properties {
		text := slices.Equal(p.DataType, []string{"text"}) && p.Tokenization == "field" && !p.Ranges
		number := slices.Equal(p.DataType, []string{"int"}) && p.Tokenization == "" && !p.Searchable
		if !text && !number || p.Name == "id" || p.Name == "vector" {
			return 422, v.problem("property %+v", p)
		}
		props[p.Name] = p
	}
	_, size, _ := strings.Cut(in.Class, "_")
	dims, _ := strconv.Atoi(size[strings.LastIndexByte(size, '_')+1:])
	if !v.make(in.Class, dims) {
		return 422, "class name " + in.Class + " already exists"
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.classes == nil {
		v.classes = map[string]map[string]property{}
	}
	v.classes[in.Class] = props
	return 200, in
}

func (v *Weaviate) batch(body []byte) (int, any) {
	var in struct {
		Objects []struct {
			Class      string         `json:"class"`
			ID         string         `json:"id"`
			Vector     []float32      `json:"vector"`
			Properties map[string]any `json:"properties"`
		} `json:"objects"`
	}
	if err := strictly(body, &in); err != nil {
		return 422, v.problem("batch %.200s: %v", body, err)
	}
	var out []map[string]any
	for _, o := range in.Objects {
		if v.dims(o.Class) != len(o.Vector) || !uuidShape.MatchString(o.ID) {
			return 422, v.problem("object %q of %s with %d numbers", o.ID, o.Class, len(o.Vector))
		}
		for name, value := range o.Properties {
			p, known := v.classes[o.Class][name]
			_, text := value.(string)
			if !known || text != (p.DataType[0] == "text") {
				return 422, v.problem("property %q is %T", name, value)
			}
		}
		v.put(o.Class, &point{o.ID, o.Vector, o.Properties})
		out = append(out, map[string]any{"id": o.ID, "result": map[string]any{"status": "SUCCESS"}})
	}
	return 200, out
}

var getShape = regexp.MustCompile(`^\{Get\{(\w+)\(limit:(\d+),nearVector:\{vector:\[([-+.,0-9e]*)\]\},where:\{operator:And,operands:\[` +
	`\{path:\["(\w+)"\],operator:Equal,valueText:"([^"\\]*)"\},\{path:\["(\w+)"\],operator:GreaterThan,valueInt:(\d+)\}\]\}\)\{([a-z ]+) _additional\{distance\}\}\}\}$`)

func (v *Weaviate) graphql(body []byte) (int, any) {
	var in struct {
		Query string `json:"query"`
	}
	if err := strictly(body, &in); err != nil {
		return 422, v.problem("graphql %.200s: %v", body, err)
	}
	m := getShape.FindStringSubmatch(in.Query)
	fault := func(format string, args ...any) (int, any) {
		return 200, map[string]any{"data": nil, "errors": []map[string]any{{"message": v.problem(format, args...)}}}
	}
	if m == nil {
		return fault("Syntax Error GraphQL: %.300s", in.Query)
	}
	class, top, after := m[1], atoi(m[2]), float64(atoi(m[7]))
	var vector []float32
	for _, n := range strings.Split(m[3], ",") {
		x, err := strconv.ParseFloat(n, 32)
		if err != nil {
			return fault("number %q", n)
		}
		vector = append(vector, float32(x))
	}
	props := v.classes[class]
	if v.dims(class) != len(vector) || !props[m[4]].Filterable || !props[m[6]].Filterable {
		return fault("no class %s with filters %s, %s and %d numbers", class, m[4], m[6], len(vector))
	}
	rows := []map[string]any{}
	for _, n := range v.search(class, vector, top, func(p *point) bool { return p.fields[m[4]] == m[5] && number(p, m[6]) > after }) {
		row := map[string]any{"_additional": map[string]any{"distance": 1 - n.cosine}}
		for _, f := range strings.Fields(m[8]) {
			if _, known := props[f]; !known {
				return fault("Cannot query field %q", f)
			}
			row[f] = n.fields[f]
		}
		rows = append(rows, row)
	}
	return 200, map[string]any{"data": map[string]any{"Get": map[string]any{class: rows}}}
}

func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// A clause is a filter of a delete.
type clause struct {
	Operator string   `json:"operator"`
	Operands []clause `json:"operands"`
	Path     []string `json:"path"`
	Text     *string  `json:"valueText"`
	Int      *float64 `json:"valueInt"`
}

func (c *clause) compile(props map[string]property) (func(*point) bool, error) {
	var all []func(*point) bool
	for i := range c.Operands {
		t, err := c.Operands[i].compile(props)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	switch c.Operator {
	case "And":
		return func(p *point) bool {
			return !slices.ContainsFunc(all, func(t func(*point) bool) bool { return !t(p) })
		}, nil
	case "Or":
		return func(p *point) bool { return slices.ContainsFunc(all, func(t func(*point) bool) bool { return t(p) }) }, nil
	}
	if len(c.Path) != 1 || !props[c.Path[0]].Filterable {
		return nil, fmt.Errorf("no filter on %v", c.Path)
	}
	name := c.Path[0]
	switch {
	case c.Operator == "Equal" && c.Text != nil:
		return func(p *point) bool { return p.fields[name] == *c.Text }, nil
	case c.Int == nil:
	case c.Operator == "GreaterThan":
		return func(p *point) bool { return number(p, name) > *c.Int }, nil
	case c.Operator == "LessThan":
		return func(p *point) bool { return number(p, name) < *c.Int }, nil
	case c.Operator == "LessThanEqual":
		return func(p *point) bool { return number(p, name) <= *c.Int }, nil
	}
	return nil, fmt.Errorf("no operator %q", c.Operator)
}

func (v *Weaviate) delete(body []byte) (int, any) {
	var in struct {
		Match struct {
			Class string  `json:"class"`
			Where *clause `json:"where"`
		} `json:"match"`
		Output string `json:"output"`
		Dry    bool   `json:"dryRun"`
	}
	if err := strictly(body, &in); err != nil || in.Match.Where == nil || v.dims(in.Match.Class) == 0 {
		return 422, v.problem("delete %s: %v", body, err)
	}
	test, err := in.Match.Where.compile(v.classes[in.Match.Class])
	if err != nil {
		return 422, v.problem("delete %s: %v", body, err)
	}
	matches, gone := 0, 0
	v.remove(in.Match.Class, func(p *point) bool {
		if !test(p) {
			return false
		}
		matches++
		if v.most > 0 && gone >= v.most {
			return false
		}
		gone++
		return true
	})
	return 200, map[string]any{"match": in.Match, "output": in.Output, "dryRun": in.Dry,
		"results": map[string]any{"matches": matches, "limit": 10000, "successful": gone, "failed": 0}}
}
