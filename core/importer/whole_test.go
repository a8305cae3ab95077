package importer

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"asbru/core/config"
)

// TestWhole changes each value of each file in turn. What was made of the file, or what is told
// of it, has to change too, or else the value is looked at and forgotten.
func TestWhole(t *testing.T) {
	for _, s := range samples {
		root, problems := config.Read(s.file, sample(t, s.file))
		if root == nil {
			t.Fatal(problems)
		}
		before := outcome(s.form, root)
		covered := map[string]bool{}
		for _, n := range Import(s.form, "x.json", written(t, root), Options{Env: known(), Secrets: true}).Notes {
			covered[n.Path] = true
		}
		n := 0
		each(root, func(v *config.Value) {
			if n++; n%stride != 0 {
				return
			}
			if isTold(v.Path, covered) || forgotten(v.Path) {
				return
			}
			old, same := v.Text, true
			for _, other := range others(v) {
				if v.Text = other; outcome(s.form, root) != before {
					same = false
					break
				}
			}
			if v.Text = old; same {
				t.Errorf("%s:%d: %s is neither taken over nor told", s.file, v.Line, v.Path)
			}
		})
	}
}

// forgotten reports what need not be told: it only names something, is how things are here, or
// makes no difference in the sample.
func forgotten(path string) bool {
	switch path {
	case "providers.openai.keys[2].value.value", "providers.openai.keys[2].value.from_env", // env_var says it
		"providers.openai.keys[2].weight", "providers.openai.keys[3].weight", // they are off
		"providers.vllm.keys[0].name", "providers.ollama.keys[0].name", "providers.sgl.keys[0].name", // of no credential
		"providers.vllm.keys[0].models[0]", "providers.ollama.keys[0].weight", "providers.sgl.keys[0].weight",
		"governance.budgets[5].model_config_id",         // its owner names it too
		"governance.routing_rules[1].targets[0].weight": // there is no other
		return true
	}
	for _, end := range []string{"$schema", ".is_key_less", ".does_not_send_done_marker", ".force_single_region", ".allowed_requests.chat_completion", "].id", ".credential_name", ".key_id",
		".key_ids[0]", ".enabled", ".virtual_key_id", ".provider_id", ".match_type", ".scope_kind", ".drop_excess_requests", ".hidden"} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return false
}

// isTold reports whether a note is about a value, or what it stands in.
func isTold(path string, covered map[string]bool) bool {
	for path != "" {
		if covered[path] {
			return true
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return false
}

// outcome is all that an import says, without line numbers.
func outcome(form string, root *config.Value) string {
	data, err := json.Marshal(plain(root))
	if err != nil {
		return err.Error()
	}
	r := Import(form, "x.json", data, Options{Env: known(), Secrets: true})
	return string(r.Document) + told(r.Notes)
}

func written(t *testing.T, root *config.Value) []byte {
	t.Helper()
	data, err := json.Marshal(plain(root))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// ordered is an object that keeps the order of its members.
type ordered []config.Member

func (o ordered) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(m.Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(plain(m.Value))
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// plain is v for encoding/json.
func plain(v *config.Value) any {
	switch v.Form {
	case config.Object:
		return ordered(v.Members)
	case config.List:
		all := []any{}
		for _, i := range v.Items {
			all = append(all, plain(i))
		}
		return all
	case config.Text:
		return v.Text
	case config.Bool:
		return v.Text == "true"
	case config.Number:
		return json.Number(v.Text)
	}
	return nil
}

// each calls f for each scalar.
func each(v *config.Value, f func(*config.Value)) {
	for _, m := range v.Members {
		each(m.Value, f)
	}
	for _, i := range v.Items {
		each(i, f)
	}
	if v.Form < config.List && v.Form != config.Null {
		f(v)
	}
}

// others are other values of the same form.
func others(v *config.Value) []string {
	switch v.Form {
	case config.Bool:
		return []string{"true", "false"}
	case config.Number:
		return []string{"3", "0", "1", "0.5"}
	}
	return []string{v.Text + "x"}
}
