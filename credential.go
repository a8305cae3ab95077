package main

import (
	"context"
	"fmt"
	"slices"

	"asbru/core"
	"asbru/core/config"
	"asbru/core/cred"
)

// newCredential starts renewing a credential, and logs changes of its state.
func (g *gateway) newCredential(name string, s cred.Spec, o cred.Options) *cred.Source {
	o.Changed = func(st core.CredentialStatus) {
		about := logged(name, st)
		if st.Problem == "" {
			g.log.Info("credential", about...)
			return
		}
		g.log.Warn("cannot renew a credential", append(about, "problem", st.Problem)...)
	}
	return cred.Open(s, o)
}

// logged is what the log says of a credential; a moment that is not known stays out.
func logged(name string, st core.CredentialStatus) []any {
	about := []any{"key", name, "state", st.State.String()}
	if !st.Expires.IsZero() {
		about = append(about, "expires", st.Expires)
	}
	if !st.Next.IsZero() {
		about = append(about, "next", st.Next)
	}
	return about
}

// await waits a moment for the credentials of next that prev did not have, so that the first requests
// find them. It warns about those still missing, which is no reason not to serve the rest.
func await(doc *config.Document, next, prev *core.Snapshot) (warnings []config.Problem) {
	if next == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), credentialWait)
	defer cancel()
	var told []core.Credential
	for _, t := range next.Targets {
		for _, k := range t.Keys {
			src, ok := k.Credential.(*cred.Source)
			if !ok || prev != nil && holds(prev, src) || slices.Contains(told, k.Credential) {
				continue
			}
			if err := src.Ready(ctx); err != nil {
				told = append(told, k.Credential)
				at := slices.IndexFunc(doc.Providers, func(p config.Provider) bool { return p.Name == t.Provider })
				warnings = append(warnings, config.Problem{Severity: config.Warning, Path: fmt.Sprintf("providers[%d]", at),
					Message: fmt.Sprintf("%s of %s has no credential yet: %v", k.Name, t.Provider, err),
					Hint:    "requests with it are refused until there is one; it is asked for again and again"})
			}
		}
	}
	return warnings
}

func holds(s *core.Snapshot, c core.Credential) bool {
	for _, held := range s.Fresh {
		if held == c {
			return true
		}
	}
	return false
}
