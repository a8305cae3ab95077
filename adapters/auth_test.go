package adapters

import "testing"

func TestHeaders(t *testing.T) {
	f := func(a *Adapter, key, want string) {
		t.Helper()
		if got := string(a.Headers([]byte("X: y\r\n"), key)); got != "X: y\r\n"+want {
			t.Errorf("%s, key %q: got %q, want %q behind the first line", a.Name, key, got, want)
		}
	}
	f(groq, "sk-1", "Authorization: Bearer sk-1\r\n")
	f(groq, "", "")
	f(groq, "sk-1\r\nX-Admin: 1", "")
	f(groq, "sk 1", "")
	f(groq, "sk-\xff", "")
	f(anthropicAPI, "k", "x-api-key: k\r\n")
	f(compatibleAnthropic, "k", "Authorization: Bearer k\r\nx-api-key: k\r\n")
	f(azure, "k", "api-key: k\r\nx-api-key: k\r\n")
	f(geminiAPI, "k", "x-goog-api-key: k\r\n")
	f(vertex, "k", "x-goog-api-key: k\r\n")
	f(bedrockRuntime, "k", "Authorization: Bearer k\r\n")
	f(deepgram, "k", "Authorization: Token k\r\n")
	f(fal, "k", "Authorization: Key k\r\n")
}

func TestAuthKinds(t *testing.T) {
	for _, a := range All {
		if a.Auth.Kind.String() == "" || (a.Auth.Kind == AuthKey) != (a.Auth.Service == "") {
			t.Errorf("%s: %+v", a.Name, a.Auth)
		}
	}
}
