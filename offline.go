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

// openOffline opens the store of a configuration file and the admin API over it. Nothing is served:
// a changed configuration is compiled to check it, and dropped. A gateway that uses the same store
// notices the changes by itself.
func openOffline(path string, t cli.Tools) (*cli.Offline, error) {
	doc, err := readDocument(path, t.Env)
	if err != nil {
		return nil, err
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

// readDocument reads a configuration file, of whichever gateway.
func readDocument(path string, env config.Env) (*config.Document, error) {
	data, err := config.ReadFile(path)
	if err != nil {
		return nil, err
	}
	doc, problems := importer.Decode(path, data, env)
	if doc == nil {
		return nil, fmt.Errorf("cannot use %s: %w", path, firstError(problems))
	}
	return doc, nil
}

// serviceState is the state directory of the systemd unit.
const serviceState = "/var/lib/asbru"

// elsewhere refuses to create a store in the working directory if the service has one: a shell does
// not have the environment variable that names the service's state directory.
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

// offlineOver is the store and the admin API over a Plane that serves nothing.
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

// firstError returns the first problem that is an error.
func firstError(problems []config.Problem) error {
	for _, p := range problems {
		if p.Severity == config.Error {
			return p
		}
	}
	return nil
}
