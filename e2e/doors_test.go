package e2e

import (
	"encoding/json"
	"strings"
	"testing"
)

// The headers x-bf-* that control a translation.
func TestWishesInHeaders(t *testing.T) {
	up, config := vendors(t)
	config = private(config) + "virtual_keys: [{name: a, key: vk-0123456789abcdef}]\n"
	lanes(t, config, func(t *testing.T, g *gateway) {
		const model, more = "anthropic/claude-sonnet-4-5-text", `,"seed":7,"x_probe":{"deep":[1]}`
		f := func(sent, got string, fields ...string) {
			t.Helper()
			up.Take()
			a := chat(t, g, model, more, append(fields, "X-Bf-Vk: vk-0123456789abcdef", "Authorization: Bearer dummy")...)
			all := up.Take()
			if a.status != 200 || len(all) != 1 {
				t.Errorf("%q: %d %s, %d requests", fields, a.status, a.body, len(all))
				return
			}
			if !strings.Contains(string(all[0].Body), sent) || !strings.Contains(a.body, got) || !json.Valid([]byte(a.body)) {
				t.Errorf("%q: the provider got %s, the client %s; want %q and %q", fields, all[0].Body, a.body, sent, got)
			}
			dropped := a.head.Get("X-Bf-Dropped-Params")
			if !strings.Contains(dropped, "seed") || strings.Contains(dropped, "x_probe") == (sent != "") {
				t.Errorf("%q: dropped %q", fields, dropped)
			}
			for name := range all[0].Header {
				if strings.HasPrefix(name, "X-Bf-") {
					t.Errorf("%q: the provider got the header %s", fields, name)
				}
			}
		}
		f("", `"dropped_params":["seed","x_probe"]`)
		f(`"x_probe":{"deep":[1]}`, `"dropped_params":["seed"]`, "X-Bf-Passthrough-Extra-Params: true")
		f("", `"raw_request":{"model":"claude-sonnet-4-5-text"`, "X-Bf-Send-Back-Raw-Request: true")
		f("", `"raw_response":{"`, "X-Bf-Send-Back-Raw-Response: true")
		f("", `"provider":"anthropic"`)
		if a := chat(t, g, model, `,"n":2`, "X-Bf-Vk: vk-0123456789abcdef"); a.status != 400 || !strings.Contains(a.body, "n") {
			t.Errorf("n=2: %d %s", a.status, a.body)
		}
		if a := chat(t, g, model, `,"n":2`, "X-Bf-Vk: vk-0123456789abcdef", "X-Bf-Compat: true"); a.status != 200 || !strings.Contains(a.head.Get("X-Bf-Dropped-Params"), "n") {
			t.Errorf("n=2 that may be dropped: %d %s", a.status, a.body)
		}
		up.Take()
		chat(t, g, model, "", "X-Bf-Vk: vk-0123456789abcdef", "X-Bf-Eh-Anthropic-Beta: context-1m-2025-08-07", "X-Bf-Eh-X-Team: blue")
		if all := up.Take(); len(all) != 1 || all[0].Header.Get("X-Team") != "blue" {
			t.Errorf("a header for the provider: %+v", all)
		}
		if a := chat(t, g, model, ""); a.status != 401 {
			t.Errorf("without a key: %d %s", a.status, a.body)
		}
	})
}

// Each dialect lists the models that its caller may use, in its own format.
func TestModelsInEveryDialect(t *testing.T) {
	_, config := vendors(t)
	config = private(config) + `models:
  - {alias: one, provider: anthropic, model: claude-sonnet-4-5-text}
  - {alias: two, provider: openai, model: gpt-5-text}
virtual_keys:
  - {name: a, key: vk-0123456789abcdef}
  - {name: b, key: vk-fedcba9876543210, allowed_models: [two]}
`
	lanes(t, config, func(t *testing.T, g *gateway) {
		f := func(path, list, member string, fields ...string) {
			t.Helper()
			for key, hidden := range map[string]bool{"vk-0123456789abcdef": false, "vk-fedcba9876543210": true} {
				a := ask(t, "GET", g.url(path), "", append(fields, "X-Bf-Vk: "+key)...)
				var v map[string]json.RawMessage
				if err := json.Unmarshal([]byte(a.body), &v); err != nil || a.status != 200 || !strings.Contains(string(v[list]), member+`two"`) ||
					strings.Contains(string(v[list]), member+`one"`) == hidden {
					t.Errorf("%s with %s: %v %d %s", path, key, err, a.status, a.body)
				}
			}
		}
		f("/v1/models", "data", `"id":"`)
		f("/openai/v1/models", "data", `"id":"`)
		f("/litellm/v1/models", "data", `"id":"`)
		f("/anthropic/v1/models", "data", `"id":"`, "Anthropic-Version: 2023-06-01")
		f("/genai/v1beta/models", "models", `"name":"models/`)
		f("/cohere/v1/models", "models", `"name":"`)

		one := func(path, want string) {
			t.Helper()
			for key, status := range map[string]int{"vk-0123456789abcdef": 200, "vk-fedcba9876543210": 404} {
				a := ask(t, "GET", g.url(path), "", "X-Bf-Vk: "+key)
				if a.status != status || status == 200 && !strings.Contains(a.body, want) || status == 404 && !strings.Contains(a.body, "or this key may not use it") {
					t.Errorf("%s with %s: %d %s", path, key, a.status, a.body)
				}
			}
		}
		one("/v1/models/one", `"id":"one"`)
		one("/anthropic/v1/models/one", `"id":"one"`)
		one("/genai/v1beta/models/one", `"name":"models/one"`)
		one("/cohere/v1/models/one", `"name":"one"`)
		one("/cohere/v2/models/one", `"name":"one"`)
	})
}

// A door that leads to one provider changes nothing but the credential.
func TestThroughDoors(t *testing.T) {
	up, config := vendors(t)
	lanes(t, private(config), func(t *testing.T, g *gateway) {
		f := func(path, wantPath, body string) {
			t.Helper()
			up.Take()
			a := ask(t, "POST", g.url(path), body, "X-Api-Key: dummy", "Anthropic-Version: 2023-06-01")
			all := up.Take()
			if a.status != 200 || len(all) != 1 || string(all[0].Body) != body || all[0].Raw != wantPath || !strings.Contains(a.body, "Bye.") {
				t.Errorf("%s: %d %s; the provider got %+v, want %s", path, a.status, a.body, all, wantPath)
			}
		}
		f("/anthropic_passthrough/v1/messages?beta=true", "/v1/messages?beta=true", `{ "max_tokens": 9, "model": "claude-text", "messages": [ {"role":"user","content":"Hi"} ] }`)
		f("/openai_passthrough/v1/chat/completions", "/v1/chat/completions", `{ "model" : "gpt-text", "messages": [ {"role":"user","content":"Hi"} ] }`)
		f("/genai_passthrough/v1beta/models/gemini-text:generateContent", "/v1beta/models/gemini-text:generateContent", `{ "contents": [ {"role":"user","parts":[{"text":"Hi"}]} ] }`)
	})
}

// Azure's SDKs put the deployment into the path; it is the model, at any provider.
func TestAzurePaths(t *testing.T) {
	up, config := vendors(t)
	config = private(config) + "models: [{alias: mine, provider: anthropic, model: claude-sonnet-4-5-text}]\n"
	lanes(t, config, func(t *testing.T, g *gateway) {
		for _, name := range []string{"mine", "anthropic%2Fclaude-sonnet-4-5-text", "openai%2Fgpt-5-text"} {
			for _, prefix := range []string{"/openai/openai", "/openai", "/litellm/openai/openai"} {
				up.Take()
				a := ask(t, "POST", g.url(prefix+"/deployments/"+name+"/chat/completions?api-version=2024-10-21"), `{"messages":[{"role":"user","content":"Hi"}]}`, "Api-Key: dummy")
				all := up.Take()
				if a.status != 200 || !strings.Contains(a.body, "Bye.") || len(all) != 1 || !strings.HasSuffix(all[0].Model, "-text") {
					t.Errorf("%s of %s: %d %s, sent %+v", prefix, name, a.status, a.body, all)
				}
			}
		}
	})
}
