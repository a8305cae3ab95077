package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"asbru/control"
	"asbru/control/admin"
	"asbru/control/cli"
	"asbru/control/store"
	"asbru/core"
	"asbru/core/config"
	"asbru/core/importer"
)

// openOffline opens the store of a configuration file and the admin API over it. Nothing is
// served: what changes is compiled as if it were, and dropped. A gateway that serves the same
// store sees the changes by itself.
func openOffline(path string, t cli.Tools) (*cli.Offline, error) {
	data, err := config.ReadFile(path)
	if err != nil {
		return nil, err
	}
	doc, problems := importer.Decode(path, data, t.Env)
	if doc == nil {
		return nil, fmt.Errorf("cannot use %s: %w", path, firstError(problems))
	}
	if doc.Store == nil {
		return nil, fmt.Errorf("%s names no store; hint: write store: {} into it", path)
	}
	if err := elsewhere(doc.Store, t.Env, serviceState); err != nil {
		return nil, err
	}
	ctx := context.Background()
	s, err := openStore(ctx, doc.Store, t.Env, "")
	if err != nil {
		return nil, err
	}
	o, err := offlineOver(ctx, s, path, t)
	if err != nil {
		s.Close()
		return nil, err
	}
	return o, nil
}

// serviceState is where the unit lets the service keep its state.
const serviceState = "/var/lib/asbru"

// elsewhere refuses to begin a store in the directory one happens to be in when the service, whose
// environment a shell does not have, keeps one.
func elsewhere(d *config.Store, env config.Env, state string) error {
	if d.Path != "" || d.Postgres.Set() || stateDir(env) != "" {
		return nil
	}
	if _, err := os.Stat(storeName); err == nil {
		return nil
	}
	if _, err := os.Stat(filepath.Join(state, storeName)); err != nil {
		return nil
	}
	return fmt.Errorf("cannot tell which store is meant: there is no %s here, and the service has one in %s; hint: set STATE_DIRECTORY=%s, or write store.path into the file", storeName, state, state)
}

// offlineOver is the store and the admin API over a Plane that serves nobody.
func offlineOver(ctx context.Context, s *store.Store, path string, t cli.Tools) (*cli.Offline, error) {
	quiet := slog.New(slog.DiscardHandler)
	var served *core.Snapshot
	plane := control.New(control.Options{
		Path: path, Env: t.Env, Log: quiet,
		Kept: func(d *config.Document) (*config.Kept, error) {
			if err := withPepper(d, s, t.Env); err != nil {
				return nil, err
			}
			return s.Set().Kept(), s.CheckPepper(ctx, core.NewPepper([]byte(d.Governance.Pepper.Reveal())))
		},
		Compile: t.Compile,
		Swap:    func(next *core.Snapshot) { served = next },
	})
	_, problems, err := plane.Reload(ctx, control.Actor{Kind: "cli"})
	if err != nil && config.Failed(problems) {
		err = fmt.Errorf("cannot use %s with what its store keeps: %w", path, firstError(problems))
	}
	if err != nil {
		return nil, err
	}
	whole := plane.Status()
	return &cli.Offline{
		Store:    s,
		Document: whole.Document,
		Warnings: whole.Warnings,
		API:      admin.New(admin.Options{Plane: plane, Snapshot: func() *core.Snapshot { return served }, Store: func() *store.Store { return s }, Log: quiet}),
		Digest:   func(key []byte) [32]byte { return served.Pepper.Sum(key) },
		Close:    func() { s.Close() },
		Change: func(edit func(*store.Edit) error) error {
			_, _, err := s.Change(ctx, store.Wish{If: -1, Edit: edit, Apply: func(kept *config.Kept, commit func() error) error {
				_, problems, err := plane.Keep(ctx, control.Actor{Kind: "cli"}, kept, commit)
				if err != nil && config.Failed(problems) {
					err = fmt.Errorf("cannot keep it, and nothing has changed: %w", firstError(problems))
				}
				return err
			}})
			return err
		},
	}, nil
}

// firstError is the first of problems that is one.
func firstError(problems []config.Problem) error {
	for _, p := range problems {
		if p.Severity == config.Error {
			return p
		}
	}
	return nil
}
