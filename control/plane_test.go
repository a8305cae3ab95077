package control

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"asbru/core"
	"asbru/core/config"
)

// A bench is a Plane with a file, and what became of it.
type bench struct {
	t     *testing.T
	path  string
	plane *Plane
	watch watcher
	by    Actor

	mu      sync.Mutex
	swapped []*core.Snapshot
	log     bytes.Buffer
	vars    map[string]string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, path: filepath.Join(t.TempDir(), "asbru.yaml"), by: Actor{"signal", "SIGHUP"}, vars: map[string]string{"KEY": "one"}}
	b.plane = New(Options{
		Path: b.path,
		Env:  config.Env{Lookup: func(name string) (string, bool) { v, ok := b.vars[name]; return v, ok }},
		Compile: func(doc *config.Document, version uint64) (*core.Snapshot, []config.Problem) {
			switch doc.Providers[0].Name {
			case "panics":
				panic("BUG: cannot be")
			case "refused":
				return nil, []config.Problem{{Path: "providers[0].name", Message: "cannot be compiled"}}
			}
			return &core.Snapshot{Version: version}, []config.Problem{{Path: "providers", Message: "odd", Severity: config.Warning}}
		},
		Swap: func(s *core.Snapshot) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.swapped = append(b.swapped, s)
		},
		Log:  slog.New(slog.NewTextHandler(&b.log, nil)),
		Poll: time.Millisecond,
	})
	b.watch.p = b.plane
	return b
}

// text is a document with one provider, of a length that is the name's.
func text(provider string) string {
	return "providers:\n  - {name: " + provider + ", api_key: ${KEY}}\n"
}

func (b *bench) write(s string) {
	b.t.Helper()
	if err := os.WriteFile(b.path, []byte(s), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// serves checks the version being served and how many swaps led there.
func (b *bench) serves(want Version, provider string) {
	b.t.Helper()
	s := b.plane.Status()
	if s.Version != want || len(b.swapped) != int(want) {
		b.t.Fatalf("serves version %d after %d swaps; want %d\n%s", s.Version, len(b.swapped), want, b.log.String())
	}
	if want > 0 && (s.Document.Providers[0].Name != provider || b.swapped[want-1].Version != uint64(want)) {
		b.t.Fatalf("serves %s, snapshot %d; want %s", s.Document.Providers[0].Name, b.swapped[want-1].Version, provider)
	}
}

func (b *bench) reload() error {
	_, _, err := b.plane.Reload(b.t.Context(), b.by)
	return err
}

func (b *bench) poll(times int) {
	for range times {
		b.watch.poll(b.t.Context())
	}
}

func TestReload(t *testing.T) {
	b := newBench(t)
	if err := b.reload(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	b.serves(0, "")
	b.write(text("a"))
	version, problems, err := b.plane.Reload(t.Context(), b.by)
	if version != 1 || err != nil || len(problems) != 1 || problems[0].Severity != config.Warning || problems[0].Line != 1 {
		t.Errorf("version %d, problems %v, %v", version, problems, err)
	}
	b.serves(1, "a")
	s := b.plane.Status()
	if s.LastError != "" || s.By.String() != "signal SIGHUP" || s.At.IsZero() || len(s.Warnings) != 1 || s.Refused != 1 {
		t.Errorf("status %+v", s)
	}

	b.vars["KEY"] = "two" // the same file means something else now
	if err := b.reload(); err != nil {
		t.Fatal(err)
	}
	b.serves(2, "a")
	if got := b.plane.Status().Document.Providers[0].APIKey.Reveal(); got != "two" {
		t.Errorf("the key is %q", got)
	}
	if !strings.Contains(b.log.String(), `msg="configuration applied" version=2 by="signal SIGHUP" providers=1`) {
		t.Errorf("the log says\n%s", b.log.String())
	}
}

func TestBrokenReloads(t *testing.T) {
	b := newBench(t)
	b.write(text("good"))
	if err := b.reload(); err != nil {
		t.Fatal(err)
	}
	broken := []string{"", "{", "\xff", "providers: 3\n", text("a") + "lisen: x\n", text("refused"), text("panics"), "providers: [{name: a, api_key: ${NOPE}}]\n", text("a") + text("a"), "\x00"}
	for i := range 50 {
		b.write(broken[i%len(broken)])
		version, problems, err := b.plane.Reload(t.Context(), b.by)
		if version != 1 || err == nil {
			t.Fatalf("%q gives version %d, %v", broken[i%len(broken)], version, err)
		}
		if !errors.Is(err, ErrRefused) && broken[i%len(broken)] != text("panics") {
			t.Errorf("%q: %v", broken[i%len(broken)], err)
		}
		if errors.Is(err, ErrRefused) && !config.Failed(problems) {
			t.Errorf("%q is refused for %v", broken[i%len(broken)], problems)
		}
	}
	b.serves(1, "good")
	s := b.plane.Status()
	if s.Refused != 50 || s.LastError == "" || s.FailedAt.IsZero() {
		t.Errorf("status %+v", s)
	}
	log := b.log.String()
	for _, want := range []string{"asbru.yaml:3: lisen: unknown field; hint: did you mean listen?", "environment variable NOPE is not set",
		"asbru.yaml:2: providers[0].name: cannot be compiled", "BUG: cannot be", "level=ERROR", "serving=1"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log does not say %q", want)
		}
	}
	b.write(text("better"))
	if err := b.reload(); err != nil {
		t.Fatal(err)
	}
	b.serves(2, "better")
	if s := b.plane.Status(); s.LastError != "" || s.Problems != nil || s.Refused != 50 {
		t.Errorf("status after recovery %+v", s)
	}
}

func TestApply(t *testing.T) {
	b := newBench(t)
	doc := &config.Document{Providers: []config.Provider{{Name: "a"}}}
	if version, _, err := b.plane.Apply(t.Context(), Actor{"user", "ada"}, doc); version != 1 || err != nil {
		t.Fatalf("version %d, %v", version, err)
	}
	b.serves(1, "a")
	bad := &config.Document{Listen: "nowhere", Providers: []config.Provider{{Name: "a b"}}}
	version, problems, err := b.plane.Apply(t.Context(), Actor{"user", "ada"}, bad)
	if version != 1 || !errors.Is(err, ErrRefused) || len(problems) < 2 {
		t.Errorf("version %d, problems %v, %v", version, problems, err)
	}
	b.serves(1, "a")
	if s := b.plane.Status(); s.FailedBy.Name != "ada" || !strings.Contains(s.LastError, "user ada") {
		t.Errorf("status %+v", s)
	}

	nameless := New(Options{Compile: b.plane.o.Compile, Swap: b.plane.o.Swap})
	if _, _, err := nameless.Reload(t.Context(), b.by); !errors.Is(err, ErrNoFile) {
		t.Errorf("reload without a file: %v", err)
	}
	nameless.Watch(t.Context()) // returns at once
}

func TestOneWriter(t *testing.T) {
	b := newBench(t)
	b.write(text("a"))
	var inside sync.Mutex
	compile := b.plane.o.Compile
	b.plane.o.Compile = func(doc *config.Document, version uint64) (*core.Snapshot, []config.Problem) {
		if !inside.TryLock() {
			t.Error("two writers at once")
			return nil, nil
		}
		defer inside.Unlock()
		return compile(doc, version)
	}
	b.plane.o.Log = slog.New(slog.DiscardHandler)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 20 {
				doc := &config.Document{Providers: []config.Provider{{Name: fmt.Sprintf("p%d-%d", i, j)}}}
				if _, _, err := b.plane.Apply(t.Context(), b.by, doc); err != nil {
					t.Error(err)
				}
				b.plane.Reload(t.Context(), b.by)
				b.plane.Status()
			}
		})
	}
	all.Wait()
	if s := b.plane.Status(); s.Version != 320 {
		t.Errorf("version %d; want 320", s.Version)
	}
	for i, s := range b.swapped {
		if s.Version != uint64(i+1) {
			t.Fatalf("swap %d is version %d", i, s.Version)
		}
	}

	// Who waits in vain is told, and nothing else happens.
	if err := b.plane.lock(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := b.plane.Reload(ctx, b.by); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting in vain: %v", err)
	}
	b.plane.unlock()
}

// TestForeign serves the config.json of another gateway, and tells its problems by its own lines.
func TestForeign(t *testing.T) {
	b := newBench(t)
	b.path = filepath.Join(t.TempDir(), "config.json")
	b.plane.o.Path = b.path
	b.write(`{"providers": {"openai": {"keys": [{"name": "a", "value": "env.KEY", "weight": 1, "models": ["*"]}]}}}`)
	if _, _, err := b.plane.Reload(context.Background(), b.by); err != nil {
		t.Fatal(err)
	}
	b.serves(1, "openai")
	if key := b.plane.Status().Document.Providers[0].Keys[0]; key.Name != "a" || key.Value.Reveal() != "one" {
		t.Errorf("the key is %+v", key)
	}
	b.write("{\"providers\": {\"openai\": {\n\"keys\": [{\"name\": \"a\", \"value\": \"env.NOPE\", \"weight\": 1, \"models\": [\"*\"]}]}}}")
	_, problems, err := b.plane.Reload(context.Background(), b.by)
	if !errors.Is(err, ErrRefused) || problems[0].Line != 2 || !strings.Contains(problems[0].Message, "NOPE is not set") {
		t.Errorf("refused with %v: %v", err, problems)
	}
	b.serves(1, "openai")
}
