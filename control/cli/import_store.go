package cli

import (
	"encoding/hex"
	"fmt"
	"io"

	"asbru/control/store"
	"asbru/core/config"
	"asbru/core/importer"
)

// keepImported writes the parts of an imported document that a store can keep into the store of a
// configuration file: virtual keys, teams, customers, prices, and the limits of providers and models.
// Objects of the same name are replaced.
func (t Tools) keepImported(r importer.Result, path string, stdout, stderr io.Writer) error {
	// The document's own variables need not be set: only those of keys are used.
	unset := map[string]bool{}
	env := t.Env
	env.Lookup = func(name string) (string, bool) {
		if t.Env.Lookup != nil {
			if v, ok := t.Env.Lookup(name); ok {
				return v, true
			}
		}
		unset[name] = true
		return r.StandIn(name)
	}
	doc, problems := config.Decode("imported.yaml", r.Document, env)
	if doc == nil {
		return fmt.Errorf("cannot read what was imported: %w", firstOf(problems))
	}
	o, err := t.Offline(path)
	if err != nil {
		return err
	}
	defer o.Close()
	left := 0
	leave := func(format string, args ...any) {
		left++
		fmt.Fprintf(stderr, "is left out: "+format+"\n", args...)
	}
	kept := 0
	err = o.Change(func(e *store.Edit) error {
		put := func(k store.Kind, name string, value any) error {
			id := ""
			if was := e.Find(k, name); was != nil {
				id = was.ID
			}
			_, err := e.Put(k, id, name, value)
			kept++
			return err
		}
		for _, k := range imported(doc, o, unset, leave) {
			if err := put(k.kind, k.name, k.value); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s: %d kept in the store, %d left out\n", path, kept, left)
	return nil
}

// A keep is one object to be stored.
type keep struct {
	kind  store.Kind
	name  string
	value any
}

// imported returns the objects of a document that a store can keep. The others are reported.
func imported(doc *config.Document, o *Offline, unset map[string]bool, leave func(string, ...any)) (all []keep) {
	for i := range doc.Customers {
		c := doc.Customers[i]
		all = append(all, keep{store.Customer, c.Name, &c})
	}
	for i := range doc.Teams {
		t := doc.Teams[i]
		all = append(all, keep{store.Team, t.Name, &t})
	}
	for i := range doc.VirtualKeys {
		k := doc.VirtualKeys[i]
		if name := variableOf(k.Key.Ref()); unset[name] {
			leave("virtual key %q: %s is not set", k.Name, name)
			continue
		}
		if k.Key.Set() {
			sum := o.Digest([]byte(k.Key.Reveal()))
			k.Key, k.Digest = config.Secret{}, hex.EncodeToString(sum[:])
		}
		if usd := k.BudgetUSDPerMonth; usd != nil {
			k.Budgets, k.BudgetUSDPerMonth = append([]config.Budget{{USD: *usd, Window: "1M"}}, k.Budgets...), nil
		}
		all = append(all, keep{store.VirtualKey, k.Name, &k})
	}
	for i := range doc.Prices.Overrides {
		p := doc.Prices.Overrides[i]
		all = append(all, keep{store.Override, p.Name, &p})
	}
	for i := range doc.Providers {
		if p := &doc.Providers[i]; len(p.Budgets)+len(p.RateLimits) > 0 {
			all = append(all, keep{store.Provider, p.Name, &config.KeptProvider{Name: p.Name, Budgets: p.Budgets, RateLimits: p.RateLimits}})
		}
	}
	return append(all, models(doc, leave)...)
}

// models returns the limits of models: those of aliases, and everyone's budgets for one model.
func models(doc *config.Document, leave func(string, ...any)) (all []keep) {
	at := map[string]*config.KeptModel{}
	of := func(provider, model string) *config.KeptModel {
		name := model
		if provider != "" {
			name = provider + "/" + model
		}
		if at[name] == nil {
			at[name] = &config.KeptModel{Model: model, Provider: provider}
			all = append(all, keep{store.Model, name, at[name]})
		}
		return at[name]
	}
	for i := range doc.Models {
		if m := &doc.Models[i]; len(m.RateLimits) > 0 {
			k := of("", m.Alias)
			k.RateLimits = m.RateLimits
		}
		if m := &doc.Models[i]; len(m.Budgets) > 0 {
			leave("the budgets of alias %q: write them into the file", m.Alias)
		}
	}
	for _, b := range doc.Budgets {
		if len(b.Models) != 1 || len(b.Providers) > 1 || b.Name == "" {
			leave("a budget of everybody (%v USD): write it into the file", b.USD)
			continue
		}
		provider := ""
		if len(b.Providers) == 1 {
			provider = b.Providers[0]
		}
		k := of(provider, b.Models[0])
		k.Budgets = append(k.Budgets, b)
	}
	if len(doc.RateLimits) > 0 {
		leave("the rate limits of everybody: write them into the file")
	}
	return all
}

// variableOf returns the variable that a reference names.
func variableOf(ref string) string {
	if len(ref) > 4 && ref[:4] == "env." {
		return ref[4:]
	}
	if len(ref) > 3 && ref[:2] == "${" {
		return ref[2 : len(ref)-1]
	}
	return ""
}

// firstOf returns the first Error of problems.
func firstOf(problems []config.Problem) error {
	for _, p := range problems {
		if p.Severity == config.Error {
			return p
		}
	}
	return errRefused
}
