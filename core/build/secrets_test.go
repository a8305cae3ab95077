package build

import (
	"testing"

	"asbru/core"
	"asbru/core/config"
)

// TestSecrets holds that what lets a client go round the gateway is for those alone whom nothing binds.
func TestSecrets(t *testing.T) {
	f := func(v config.VirtualKey, path string, want core.Verdict) {
		t.Helper()
		doc := seeds()
		v.Name, v.Key = "ci", secret("secret-of-ci")
		doc.Teams = []config.Team{{Name: "free"}, {Name: "bound", RateLimits: []config.RateLimit{{Requests: 5}}}}
		doc.VirtualKeys = []config.VirtualKey{v}
		s, _ := must(t, doc, nil)
		k := s.Caller([]byte("secret-of-ci"))
		x := &core.Exchange{Snap: s, Key: k, Op: core.OpPass, Path: []byte(path)}
		got := core.Verdict(core.Continue)
		for i, step := range k.Policy.Plans[core.OpPass].Steps {
			if step.Name == "secrets" {
				got = k.Policy.Plans[core.OpPass].Admit[i](x)
			}
		}
		if got != want || (x.Fault != nil) != (want == core.Refuse) {
			t.Errorf("%+v, %s: %v, %v; want %v", v, path, got, x.Fault, want)
		}
	}
	const secrets = "/realtime/client_secrets"
	f(config.VirtualKey{}, secrets, core.Continue)
	f(config.VirtualKey{Team: "free", AllowedModels: []string{"*"}}, secrets, core.Continue)
	f(config.VirtualKey{Team: "bound"}, secrets, core.Refuse)
	bound := config.VirtualKey{RateLimits: []config.RateLimit{{Streams: 1}}}
	for _, path := range []string{secrets, secrets + "/", "/realtime/sessions", "/realtime/transcription_sessions", "/realtime/calls", "/v1/realtime/translations/client_secrets", "/auth_tokens"} {
		f(bound, path, core.Refuse)
	}
	f(bound, "/files", core.Continue)
	f(bound, "/realtime/calls/rtc_1/hangup", core.Continue)
	f(config.VirtualKey{BlockedModels: []string{"gpt-4o"}}, secrets, core.Refuse)
	f(config.VirtualKey{RequiredHeaders: []string{"x-team"}}, secrets, core.Refuse)
	f(config.VirtualKey{Budgets: []config.Budget{{USD: 5}}}, secrets, core.Refuse)
}
