package meter

import (
	"cmp"
	"slices"
	"time"

	"asbru/core"
)

// A renewal is the state of one key's renewed credential.
type renewal struct {
	provider, key string
	core.CredentialStatus
}

// credentials writes the state of renewed credentials, at most MaxSets of them;
// nothing if there are none.
func credentials(p *page, s *core.Snapshot) {
	all := renewals(s)
	if len(all) == 0 {
		return
	}
	p.family("asbru_credential_usable", "gauge", "1 while the credential of a provider key can be used; the label state says why or why not.")
	for _, r := range all {
		usable := r.State == core.CredentialFresh || r.State == core.CredentialStale
		p.int("asbru_credential_usable", join(r.labels(), label("state", r.State.String())), one(usable))
	}
	p.family("asbru_credential_expiry_timestamp_seconds", "gauge", "When the credential of a provider key expires unless it is renewed, in Unix seconds.")
	for _, r := range all {
		if !r.Expires.IsZero() {
			p.float("asbru_credential_expiry_timestamp_seconds", r.labels(), float64(r.Expires.UnixMilli())/float64(time.Second/time.Millisecond))
		}
	}
}

func (r *renewal) labels() string { return join(label("provider", r.provider), label("key", r.key)) }

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// renewals lists the keys of s whose credentials are renewed, sorted by name, each once.
func renewals(s *core.Snapshot) (all []renewal) {
	if s == nil || len(s.Fresh) == 0 {
		return nil
	}
	seen := map[*core.ProviderKey]bool{}
	for _, t := range s.Targets {
		for _, k := range t.Keys {
			if k.Credential != nil && !seen[k] {
				seen[k] = true
				all = append(all, renewal{t.Provider, k.Name, k.Credential.Status()})
			}
		}
	}
	slices.SortFunc(all, func(a, b renewal) int { return cmp.Or(cmp.Compare(a.provider, b.provider), cmp.Compare(a.key, b.key)) })
	return all[:min(len(all), MaxSets)]
}
