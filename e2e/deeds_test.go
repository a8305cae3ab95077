package e2e

import (
	"encoding/json"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestDeedsAreInTheTrail: what an operator does by command, beside a gateway that runs or before one starts, is in the audit trail
// once.
func TestDeedsAreInTheTrail(t *testing.T) {
	k := &keeper{kind: map[string]string{}}
	s := httptest.NewServer(k)
	t.Cleanup(s.Close)
	state := t.TempDir()
	config := "providers: [{name: mine, type: openai, base_url: '" + s.URL + "/v1', api_key: sk-shared, models: [m]}]\n" +
		"governance: {ledger: '" + filepath.Join(state, "ledger") + "'}\naudit: {}\nvirtual_keys: [{name: a, key: secret-of-a-secret}]\n"
	g := serve(t, config)
	var ids []string
	for range 2 {
		a := ask(t, "POST", g.url("/v1/files"), `{"purpose":"batch"}`, "Authorization: Bearer secret-of-a-secret")
		var is struct{ ID string }
		if json.Unmarshal([]byte(a.body), &is); a.status != 200 || is.ID == "" {
			t.Fatalf("%d %s", a.status, a.body)
		}
		ids = append(ids, is.ID)
	}
	forget := func(id string) {
		t.Helper()
		asbru(t, 0, nil, "objects", "forget", "--config", g.file, "--provider", "mine", "--kind", "files", "--id", id)
	}
	trail := filepath.Join(state, "asbru-audit")
	deeds := func() (all []string) {
		out, _ := asbru(t, 0, nil, "audit", "export", trail)
		for line := range strings.Lines(out) {
			var e entry
			if json.Unmarshal([]byte(line), &e) == nil && e.Kind == "change" && strings.HasPrefix(e.Who, "cli") {
				all = append(all, e.Did+" "+e.What)
			}
		}
		return all
	}
	forget(ids[0])
	await(t, "the deed", func() bool { return len(deeds()) == 1 }, g.stderr.String)
	g.signal(syscall.SIGTERM)
	g.ends(0)
	forget(ids[1])
	g = serve(t, config)
	await(t, "the other deed", func() bool { return len(deeds()) == 2 }, g.stderr.String)
	if got := strings.Join(deeds(), ", "); got != "delete object/mine/files/"+ids[0]+", delete object/mine/files/"+ids[1] {
		t.Errorf("the trail has %s", got)
	}
}
