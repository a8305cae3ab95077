package trail

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"asbru/core"
)

// prompt is an exchange of a key that allows its content to be kept, or not.
func prompt(id byte, body string, allowed bool) *core.Exchange {
	return &core.Exchange{ID: [16]byte{id}, Key: &core.VirtualKey{Name: "alice", Content: allowed}, Body: []byte(body)}
}

func TestPromptsAreKeptWhereTheyMayBe(t *testing.T) {
	f := func(name string, d func() *database) {
		t.Run(name, func(t *testing.T) {
			sink := d()
			r := newRig(t, Options{Sinks: []Sink{sink}, Content: ContentOptions{Bytes: 10, Keep: time.Hour}})
			r.Content(prompt(1, "short \x00\xff", true))
			r.Content(prompt(2, "nine byteü and more", true))
			r.Content(prompt(3, "not this one", false))
			r.Content(prompt(1, "again", true))
			wait(t, "the prompts", func() bool { return r.feeds[0].contents.kept.Load() == 3 })
			reader := d()
			defer reader.Close()
			if err := reader.ready(t.Context()); err != nil {
				t.Fatal(err)
			}
			rows, err := reader.db.Query(`SELECT key, length, body FROM asbru_content ORDER BY id`)
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			var got []string
			for rows.Next() {
				var key, body string
				var n int
				if err := rows.Scan(&key, &n, &body); err != nil {
					t.Fatal(err)
				}
				got = append(got, key+" "+string(rune('0'+n/10))+string(rune('0'+n%10))+" "+body)
			}
			if want := "alice 08 short \uFFFD\uFFFD|alice 20 nine byte"; strings.Join(got, "|") != want {
				t.Errorf("kept are %q, want %q", got, want)
			}
			rows.Close()
			if err := sink.Forget(t.Context(), r.feeds[0].trail, time.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			var n int
			if err := reader.db.QueryRow(`SELECT COUNT(*) FROM asbru_content`).Scan(&n); err != nil || n != 0 {
				t.Errorf("%d prompts are left: %v", n, err)
			}
		})
	}
	path := filepath.Join(t.TempDir(), "a.db")
	f("sqlite", func() *database { return SQLite("sqlite", path, 0).(*database) })
	if !testing.Short() {
		source := startPostgres(t)
		f("postgres", func() *database { return Postgres("postgres", source, 0).(*database) })
	}
}

func TestPromptsAreOffUnlessAskedFor(t *testing.T) {
	sink := SQLite("sqlite", filepath.Join(t.TempDir(), "a.db"), 0)
	r := newRig(t, Options{Sinks: []Sink{sink}})
	r.Content(prompt(1, "secret", true))
	if r.feeds[0].keeper != nil || len(r.feeds[0].contents.waiting) != 0 {
		t.Error("a prompt waits to be kept, and nobody wanted that")
	}
}

// TestPromptsNeverWait has a sink that is away: what has no room is dropped and counted.
func TestPromptsNeverWait(t *testing.T) {
	away := SQLite("gone", filepath.Join(t.TempDir(), "none", "a.db"), 0)
	r := newRig(t, Options{Sinks: []Sink{away}, Content: ContentOptions{Bytes: 100}})
	for i := range contentQueue + 10 {
		r.Content(prompt(byte(i), "text", true))
	}
	if n := r.feeds[0].contents.dropped.Load(); n != 10 {
		t.Errorf("%d prompts were dropped, want 10", n)
	}
}
