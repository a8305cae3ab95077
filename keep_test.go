package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"asbru/core/config"
)

func TestWhichStore(t *testing.T) {
	state, here := t.TempDir(), t.TempDir()
	t.Chdir(here)
	env := func(dir string) config.Env {
		return config.Env{Lookup: func(name string) (string, bool) { return dir, name == "STATE_DIRECTORY" && dir != "" }}
	}
	f := func(d config.Store, dir, want string, refused bool) {
		t.Helper()
		err := elsewhere(&d, env(dir), state)
		if (err != nil) != refused || refused && !strings.Contains(err.Error(), "STATE_DIRECTORY="+state) {
			t.Errorf("%+v in %q: %v", d, dir, err)
		}
		if got := storePath(&d, env(dir)); got != want {
			t.Errorf("%+v in %q is in %s, want %s", d, dir, got, want)
		}
	}
	f(config.Store{}, "", "asbru.db", false)
	touch(t, filepath.Join(state, storeName))
	f(config.Store{}, "", "asbru.db", true)
	f(config.Store{}, "/var/lib/a:/var/lib/b", "/var/lib/a/asbru.db", false)
	f(config.Store{Path: "x.db"}, "", "x.db", false)
	f(config.Store{Postgres: config.NewSecret("", "postgres://h/d")}, "", "asbru.db", false)
	touch(t, storeName)
	f(config.Store{}, "", "asbru.db", false)
}

func touch(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}
