package config

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write schema.json anew")

func TestSchema(t *testing.T) {
	want := generate(t)
	if *update {
		if err := os.WriteFile("schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got := Schema(); !bytes.Equal(got, want) {
		t.Errorf("schema.json is stale; run: go test ./core/config -run TestSchema -update")
	}
}

// TestSchemaSays checks a few facts in what is shipped, so that a mistake in
// the generator does not approve itself.
func TestSchemaSays(t *testing.T) {
	var s struct {
		Schema     string `json:"$schema"`
		Additional bool   `json:"additionalProperties"`
		Properties map[string]map[string]any
		Defs       map[string]struct {
			Required    []string
			Description string
			Properties  map[string]map[string]any
		} `json:"$defs"`
	}
	if err := json.Unmarshal(Schema(), &s); err != nil {
		t.Fatal(err)
	}
	if s.Schema != "https://json-schema.org/draft/2020-12/schema" || s.Additional {
		t.Errorf("schema %q, additional properties %v", s.Schema, s.Additional)
	}
	if d, _ := s.Properties["listen"]["description"].(string); !strings.Contains(d, "127.0.0.1:8080") {
		t.Errorf("listen is described as %q", d)
	}
	model := s.Defs["Model"]
	if got := strings.Join(model.Required, " "); got != "alias" {
		t.Errorf("a Model requires %q", got)
	}
	if !strings.HasPrefix(model.Description, "A Model is an alias") {
		t.Errorf("a Model is %q", model.Description)
	}
	if got, _ := json.Marshal(s.Defs["Observability"].Properties["log_level"]["enum"]); string(got) != `["debug","info","warn","error"]` {
		t.Errorf("log levels are %s", got)
	}
	if got := s.Defs["Provider"].Properties["api_key"]["$ref"]; got != "#/$defs/Secret" {
		t.Errorf("api_key refers to %v", got)
	}
}

// generate makes the schema from the types and their comments.
func generate(t *testing.T) []byte {
	t.Helper()
	g := generator{comments: map[string]string{}, defs: map[string]any{}}
	for _, name := range []string{"document.go", "governed.go", "cache.go", "audit.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if d, ok := decl.(*ast.GenDecl); ok && d.Tok == token.TYPE {
				g.read(d)
			}
		}
	}
	g.defs["Secret"] = map[string]any{"type": "string", "minLength": 1,
		"description": "A credential, or better where it comes from: ${NAME} or env.NAME (environment), file:/path, cred:NAME (systemd)."}
	root := g.object(reflect.TypeFor[Document]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Configuration of asbru"
	root["patternProperties"] = map[string]any{"^x-": true}
	root["$defs"] = g.defs

	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(root); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

type generator struct {
	comments map[string]string // by Type and Type.Field
	defs     map[string]any
}

// read takes the comments of a type and its fields.
func (g *generator) read(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		ts := spec.(*ast.TypeSpec)
		g.comments[ts.Name.Name] = oneLine(d.Doc)
		st, ok := ts.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, f := range st.Fields.List {
			text := oneLine(f.Doc)
			if text == "" {
				text = oneLine(f.Comment)
			}
			for _, n := range f.Names {
				g.comments[ts.Name.Name+"."+n.Name] = text
			}
		}
	}
}

// oneLine is the first paragraph of a comment.
func oneLine(c *ast.CommentGroup) string {
	first, _, _ := strings.Cut(c.Text(), "\n\n")
	return strings.Join(strings.Fields(first), " ")
}

func (g *generator) object(t reflect.Type) map[string]any {
	props := map[string]any{}
	var required []string
	for _, f := range fieldsOf(t) {
		sf := t.Field(f.index)
		s := g.of(sf.Type)
		if text := g.comments[t.Name()+"."+sf.Name]; text != "" {
			s["description"] = text
		}
		if words := sf.Tag.Get("enum"); words != "" {
			s["enum"] = strings.Split(words, ",")
		}
		props[f.name] = s
		if !f.omit {
			required = append(required, f.name)
		}
	}
	out := map[string]any{"type": "object", "properties": props, "additionalProperties": false, "description": g.comments[t.Name()]}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// reference is what a value that is not text may be written as besides itself.
const reference = `\$\{[A-Za-z_][A-Za-z0-9_]*\}`

func (g *generator) of(t reflect.Type) map[string]any {
	switch t {
	case secretType:
		return map[string]any{"$ref": "#/$defs/Secret"}
	case durationType:
		return map[string]any{"type": []string{"string", "number"}, "pattern": `^([0-9.]+(ns|us|µs|ms|s|m|h))+$|^0$|` + reference}
	case momentType:
		return map[string]any{"type": "string", "pattern": `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$|` + reference}
	case percentType:
		return map[string]any{"type": []string{"string", "number"}, "pattern": `^[0-9.]+ *%?$|` + reference}
	case sizeType:
		return map[string]any{"type": []string{"string", "integer"}, "pattern": `^[0-9.]+ *([KMG]i?B|kB|B)?$|` + reference}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return g.of(t.Elem())
	case reflect.Slice:
		return map[string]any{"type": "array", "items": g.of(t.Elem())}
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": g.of(t.Elem())}
	case reflect.Struct:
		if g.defs[t.Name()] == nil {
			g.defs[t.Name()] = g.object(t)
		}
		return map[string]any{"$ref": "#/$defs/" + t.Name()}
	case reflect.Bool:
		return map[string]any{"type": []string{"boolean", "string"}, "pattern": reference}
	case reflect.Int, reflect.Int64:
		return map[string]any{"type": []string{"integer", "string"}, "pattern": reference}
	case reflect.Float64:
		return map[string]any{"type": []string{"number", "string"}, "pattern": reference}
	}
	return map[string]any{"type": "string"}
}
