package adapters

import "testing"

func TestReady(t *testing.T) {
	f := func(a *Adapter, want bool) {
		t.Helper()
		if got := a.Ready(); got != want {
			t.Errorf("%s: %v", a.Name, got)
		}
	}
	f(groq, true)
	f(anthropicAPI, true)
	f(azure, false)    // which resource?
	f(deepgram, false) // it has no conversations
	f(ollama, false)   // it has no key
	f(vertex, false)
}

func TestFill(t *testing.T) {
	f := func(a *Adapter, set map[string]string, want string) {
		t.Helper()
		if got := Fill(a.Base, a.Filled(set)); got != want {
			t.Errorf("%s with %v: got %q, want %q", a.Name, set, got, want)
		}
	}
	f(groq, nil, "https://api.groq.com/openai/v1")
	f(azure, nil, "https://{resource}.openai.azure.com")
	f(azure, map[string]string{"resource": "r"}, "https://r.openai.azure.com")
	f(azure, map[string]string{"resource": "r", "domain": "services.ai.azure.com", "unknown": "x"}, "https://r.services.ai.azure.com")
	f(vertex, map[string]string{"project": "p"}, "https://aiplatform.googleapis.com/v1/projects/p/locations/global")
	f(vertex, map[string]string{"project": "p", "region": "eu"}, "https://aiplatform.eu.rep.googleapis.com/v1/projects/p/locations/eu")
	f(vertex, map[string]string{"project": "p", "region": "us-east5"}, "https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/us-east5")
	if got := Fill("/deployments/{model}/chat?api-version={api_version}", azureClassic.Filled(map[string]string{"api_version": "2024-10-21"})); got != "/deployments/{model}/chat?api-version=2024-10-21" {
		t.Errorf("got %q", got)
	}
}
