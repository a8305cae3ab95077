package meter

import (
	"strings"
	"testing"
	"time"

	"asbru/core"
)

type fixed core.CredentialStatus

func (f fixed) Status() core.CredentialStatus { return core.CredentialStatus(f) }
func (f fixed) Close() error                  { return nil }

func TestCredentials(t *testing.T) {
	good := fixed{State: core.CredentialStale, Expires: time.Unix(1800000000, 5e8), Problem: "sts answered 503"}
	bad := fixed{State: core.CredentialFailed}
	key := &core.ProviderKey{Name: "key-1", Credential: good}
	s := &core.Snapshot{
		Fresh: map[[32]byte]core.Credential{{1}: good, {2}: bad},
		Targets: []*core.Target{
			{Provider: "vertex", Tally: new(core.Tally), Keys: []*core.ProviderKey{{Name: "plain"}, {Name: "a\"b", Credential: bad}}},
			{Provider: "azure", Tally: new(core.Tally), Keys: []*core.ProviderKey{key}},
			{Provider: "azure", Tally: new(core.Tally), Keys: []*core.ProviderKey{key}},
		},
	}
	p := &page{}
	credentials(p, s)
	if _, err := parse(string(p.b)); err != nil {
		t.Error(err)
	}
	var got []string
	for line := range strings.Lines(string(p.b)) {
		if line[0] != '#' {
			got = append(got, strings.TrimSpace(line))
		}
	}
	want := []string{
		`asbru_credential_usable{provider="azure",key="key-1",state="stale"} 1`,
		`asbru_credential_usable{provider="vertex",key="a\"b",state="failed"} 0`,
		`asbru_credential_expiry_timestamp_seconds{provider="azure",key="key-1"} 1.8000000005e+09`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	none := &page{}
	credentials(none, nil)
	credentials(none, &core.Snapshot{})
	if len(none.b) > 0 {
		t.Errorf("without credentials: %s", none.b)
	}
}
