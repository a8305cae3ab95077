package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"asbru/bench/postgres"
	"asbru/core"
	"asbru/core/config"
)

// A place opens the same store again and again.
type place func(t *testing.T) *Store

// both are the tests that hold for either database.
var both = []struct {
	name string
	f    func(t *testing.T, open place)
}{
	{"Objects", testObjects}, {"RefusedChangesNothing", testRefusedChangesNothing}, {"ManyWriters", testManyWriters}, {"Follow", testFollow}, {"Restored", testRestored}, {"Secrets", testSecrets},
}

func TestSQLite(t *testing.T) {
	for _, x := range both {
		t.Run(x.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state", "asbru.db")
			x.f(t, func(t *testing.T) *Store { return open(t, Options{Path: path}) })
		})
	}
}

func TestPostgres(t *testing.T) {
	s := postgres.Start(t)
	for _, x := range both {
		t.Run(x.name, func(t *testing.T) {
			address := s.Database(strings.ToLower(x.name))
			x.f(t, func(t *testing.T) *Store { return open(t, Options{Postgres: address}) })
		})
	}
	t.Run("Hangs", func(t *testing.T) { testAMachineThatHangs(t, s.Database("hangs")) })
	t.Run("Cut", func(t *testing.T) { testACommitThatIsCut(t, s.Database("cut")) })
	t.Run("Lost", func(t *testing.T) { testPostgresLost(t, s) })
}

func open(t *testing.T, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// serves is an Apply that takes everything.
func serves(_ *config.Kept, commit func() error) error { return commit() }

func put(t *testing.T, s *Store, name string) *Set {
	t.Helper()
	set, _, err := s.Change(t.Context(), Wish{If: -1, Apply: serves, Edit: func(e *Edit) error {
		_, err := e.Put(VirtualKey, "", name, key(name))
		return err
	}})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func key(name string) *config.VirtualKey {
	return &config.VirtualKey{Name: name, Digest: strings.Repeat("ab", 32), Description: "it's ${HOME} \u2028 \"quoted\"",
		RateLimits: []config.RateLimit{{Requests: 5, Per: config.Duration(time.Hour)}}, Budgets: []config.Budget{{USD: 0.1, Window: "1d"}}}
}

func testObjects(t *testing.T, open place) {
	s := open(t)
	if s.Set().Revision != 0 || s.Set().Len() != 0 {
		t.Fatalf("a new store has %+v", s.Set())
	}
	set := put(t, s, "ci")
	if set.Revision != 1 || s.Set() != set {
		t.Fatalf("revision %d", set.Revision)
	}
	again := open(t)
	o := again.Set().Find(VirtualKey, "ci")
	if o == nil || again.Set().Revision != 1 || again.Set().Find(VirtualKey, o.ID) != o || again.Set().Find(Team, "ci") != nil {
		t.Fatalf("what is read: %+v", o)
	}
	got, want := fmt.Sprintf("%+v", *o.Value.(*config.VirtualKey)), fmt.Sprintf("%+v", *key("ci"))
	if got != want {
		t.Errorf("kept %s\nread %s", want, got)
	}
	if k := again.Set().Kept(); len(k.VirtualKeys) != 1 || k.VirtualKeys[0].Name != "ci" {
		t.Errorf("kept %+v", k)
	}

	// the other one changes it, and this one reads the difference only
	var changes []Change
	set, changes, err := again.Change(t.Context(), Wish{If: 1, Apply: serves, Edit: func(e *Edit) error {
		v := *o.Value.(*config.VirtualKey)
		v.Disabled = true
		_, err := e.Put(VirtualKey, o.ID, o.Name, &v)
		return err
	}})
	if err != nil || set.Revision != 2 || len(changes) != 1 || changes[0].What != "virtual-key/ci" || changes[0].Did != "update" || changes[0].Before != o.sum || changes[0].After == o.sum {
		t.Fatalf("changes %+v, %v", changes, err)
	}
	if changed, err := s.Refresh(t.Context()); !changed || err != nil {
		t.Fatal(changed, err)
	}
	if o := s.Set().Find(VirtualKey, "ci"); !o.Value.(*config.VirtualKey).Disabled || o.Revision != 2 || !o.Updated.After(o.Created) {
		t.Errorf("read %+v", o)
	}
	if changed, err := s.Refresh(t.Context()); changed || err != nil {
		t.Error("the same was read again", err)
	}
	_, _, err = s.Change(t.Context(), Wish{If: 1, Apply: serves, Edit: func(*Edit) error { return nil }})
	if !errors.Is(err, ErrRevision) {
		t.Errorf("an old revision: %v", err)
	}
	set, changes, err = s.Change(t.Context(), Wish{If: -1, Apply: serves, Edit: func(e *Edit) error { e.Delete(e.Find(VirtualKey, "ci")); return nil }})
	if err != nil || set.Len() != 0 || changes[0].After != [32]byte{} {
		t.Fatal(changes, err)
	}
	again.Refresh(t.Context())
	if again.Set().Len() != 0 || open(t).Set().Len() != 0 {
		t.Error("what was deleted is there")
	}
	if id := put(t, s, "ci").Find(VirtualKey, "ci").ID; id == o.ID {
		t.Error("an id was used again")
	}
}

func testRefusedChangesNothing(t *testing.T, open place) {
	s := open(t)
	put(t, s, "ci")
	no := errors.New("no")
	f := func(want string, w Wish) {
		t.Helper()
		w.If = -1
		if _, _, err := s.Change(t.Context(), w); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %s", err, want)
		}
		if s.Set().Revision != 1 || s.Set().Len() != 1 || open(t).Set().Revision != 1 {
			t.Errorf("%s: revision %d, %d objects", want, s.Set().Revision, s.Set().Len())
		}
	}
	edit := func(e *Edit) error { _, err := e.Put(VirtualKey, "", "other", key("other")); return err }
	f("no", Wish{Edit: edit, Apply: func(*config.Kept, func() error) error { return no }})
	f("no", Wish{Edit: func(e *Edit) error { edit(e); return no }, Apply: serves})
	f(`there is a virtual-key named "ci" already`, Wish{Apply: serves, Edit: func(e *Edit) error { _, err := e.Put(VirtualKey, "", "ci", key("ci")); return err }})
	f("BUG: ", Wish{Apply: serves, Edit: func(e *Edit) error {
		_, err := e.Put(VirtualKey, "", "plain", &config.VirtualKey{Name: "plain", Key: config.NewSecret("", "sk-bf-secret")})
		return err
	}})
	if _, changes, err := s.Change(t.Context(), Wish{If: -1, Apply: serves, Edit: func(*Edit) error { return nil }}); err != nil || changes != nil || s.Set().Revision != 1 {
		t.Error("nothing is a change", changes, err)
	}
}

func testManyWriters(t *testing.T, open place) {
	const each = 8
	var all sync.WaitGroup
	stores := []*Store{open(t), open(t)}
	for w := range 4 {
		all.Go(func() {
			for i := range each {
				put(t, stores[w%2], fmt.Sprintf("k-%d-%d", w, i))
			}
		})
	}
	all.Wait()
	for _, s := range stores {
		s.Refresh(t.Context())
		if s.Set().Revision != 4*each || s.Set().Len() != 4*each {
			t.Errorf("revision %d, %d objects; want %d", s.Set().Revision, s.Set().Len(), 4*each)
		}
	}
}

func testFollow(t *testing.T, open place) {
	f := func(every time.Duration) {
		t.Helper()
		here, there := open(t), open(t)
		seen := make(chan int64, 100)
		ctx, cancel := context.WithCancel(t.Context())
		var done sync.WaitGroup
		done.Go(func() { here.Follow(ctx, Following{Every: every, Changed: func() { seen <- here.Set().Revision }}) })
		if every > time.Minute { // told by Postgres: wait until somebody listens
			for i := 0; ; i++ {
				var n int
				if err := here.db.QueryRow(`SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()`).Scan(&n); err != nil || i > 400 {
					t.Fatal("nobody listens", err)
				}
				if n > 0 {
					break
				}
				time.Sleep(10 * time.Millisecond)
			}
		}
		want := put(t, there, fmt.Sprintf("k-%s", every)).Revision
		select {
		case got := <-seen:
			if got != want || here.Set().Revision != want {
				t.Errorf("revision %d, want %d", got, want)
			}
		case <-time.After(30 * time.Second):
			t.Errorf("every %s: a change was not seen", every)
		}
		cancel()
		done.Wait()
	}
	f(10 * time.Millisecond)
	if open(t).Shared() {
		f(time.Hour)
	}
}

// testRestored brings back an older backup of the database, in which revisions then count again from there: who has read
// others under the same numbers does not mix the two.
func testRestored(t *testing.T, open place) {
	f := func(label string, changes int) {
		t.Helper()
		here := open(t)
		put(t, here, label+"-before")
		sql := func(statements ...string) {
			t.Helper()
			for _, q := range statements {
				if _, err := here.db.Exec(q); err != nil {
					t.Fatal(err)
				}
			}
		}
		sql(`CREATE TABLE was_meta AS SELECT * FROM asbru_meta`, `CREATE TABLE was_objects AS SELECT * FROM asbru_objects`)
		put(t, here, label+"-lost-1")
		put(t, here, label+"-lost-2")
		sql(`DELETE FROM asbru_meta`, `DELETE FROM asbru_objects`, `INSERT INTO asbru_meta SELECT * FROM was_meta`, `INSERT INTO asbru_objects SELECT * FROM was_objects`,
			`DROP TABLE was_meta`, `DROP TABLE was_objects`)
		there := open(t)
		for i := range changes {
			put(t, there, fmt.Sprintf("%s-after-%d", label, i))
		}
		applied := make(chan struct{}, 10)
		ctx, cancel := context.WithCancel(t.Context())
		var done sync.WaitGroup
		done.Go(func() {
			here.Follow(ctx, Following{Every: 5 * time.Millisecond, Changed: func() { applied <- struct{}{} }})
		})
		select {
		case <-applied:
		case <-time.After(2 * time.Second):
			t.Errorf("%s: it is not noticed", label)
		}
		cancel()
		done.Wait()
		for _, o := range there.Set().All(VirtualKey) {
			if here.Set().Find(VirtualKey, o.ID) == nil {
				t.Errorf("%s: %s is missing", label, o.Name)
			}
		}
		for _, o := range here.Set().All(VirtualKey) {
			if there.Set().Find(VirtualKey, o.ID) == nil {
				t.Errorf("%s: %s is there still", label, o.Name)
			}
		}
		if rev := put(t, here, label+"-at-last").Revision; here.Set().Revision != rev || here.Set().Find(VirtualKey, label+"-at-last") == nil {
			t.Errorf("%s: a change at revision %d is not there", label, rev)
		}
	}
	f("fewer", 1)
	f("as many", 2)
	f("more", 3)
}

// testAMachineThatHangs has one machine stop in the middle of a change: others make theirs, and what it began is not half there.
func testAMachineThatHangs(t *testing.T, address string) {
	here, there := open(t, Options{Postgres: address}), open(t, Options{Postgres: address})
	edit := func(name string) func(*Edit) error {
		return func(e *Edit) error { _, err := e.Put(VirtualKey, "", name, key(name)); return err }
	}
	hangs, goOn := make(chan struct{}), make(chan struct{})
	began := make(chan error, 1)
	go func() {
		_, _, err := here.Change(context.Background(), Wish{If: -1, Edit: edit("first"), Apply: func(_ *config.Kept, commit func() error) error {
			close(hangs)
			<-goOn
			return commit()
		}})
		began <- err
	}()
	<-hangs
	begun := time.Now()
	_, _, err := there.Change(t.Context(), Wish{If: -1, Edit: edit("second"), Apply: serves})
	t.Logf("waited for %v", time.Since(begun))
	if err != nil {
		t.Errorf("a change beside a machine that hangs: %v", err)
	}
	close(goOn)
	if err := <-began; !errors.Is(err, ErrLost) {
		t.Errorf("the machine that hung committed: %v", err)
	}
	if _, err := here.Refresh(t.Context()); err != nil || here.Set().Find(VirtualKey, "first") != nil || here.Set().Find(VirtualKey, "second") == nil {
		t.Errorf("afterwards: %v", err)
	}
}

func testPostgresLost(t *testing.T, server *postgres.Server) {
	s := open(t, Options{Postgres: server.Address()})
	put(t, s, "ci")
	server.Stop()
	if _, err := s.Refresh(t.Context()); err == nil || !s.Lost() || s.Set().Find(VirtualKey, "ci") == nil {
		t.Errorf("a lost database: %v, lost %v", err, s.Lost())
	}
	_, _, err := s.Change(t.Context(), Wish{If: -1, Apply: serves, Edit: func(e *Edit) error { _, err := e.Put(Team, "", "t", &config.Team{Name: "t"}); return err }})
	if !errors.Is(err, ErrLost) || s.Set().Find(Team, "t") != nil {
		t.Errorf("a change: %v", err)
	}
	server.Start()
	var back error
	for range 50 {
		if _, back = s.Refresh(t.Context()); back == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if back != nil || s.Lost() {
		t.Errorf("back again: %v", back)
	}
	put(t, s, "another")
}

func TestBuried(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	path := filepath.Join(t.TempDir(), "asbru.db")
	s := open(t, Options{Path: path, Now: func() time.Time { return now }})
	put(t, s, "a")
	away := open(t, Options{Path: path})
	del := Wish{If: -1, Apply: serves, Edit: func(e *Edit) error { e.Delete(e.Find(VirtualKey, "a")); return nil }}
	if _, _, err := s.Change(t.Context(), del); err != nil {
		t.Fatal(err)
	}
	now = now.Add(graveWait + time.Hour)
	put(t, s, "b")
	var rows int
	if err := s.db.QueryRow(`SELECT count(*) FROM asbru_objects`).Scan(&rows); err != nil || rows != 1 {
		t.Errorf("%d rows are left, %v", rows, err)
	}
	away.Refresh(t.Context())
	if away.Set().Find(VirtualKey, "a") != nil || away.Set().Find(VirtualKey, "b") == nil {
		t.Error("who was away for long still has what was deleted")
	}
}

func testSecrets(t *testing.T, open place) {
	s, ctx := open(t), t.Context()
	sum, made, err := s.AdminToken(ctx)
	if err != nil || !strings.HasPrefix(made, core.AdminPrefix) || len(made) != len(core.AdminPrefix)+64 {
		t.Fatalf("token %q, %v", made, err)
	}
	if again, none, err := open(t).AdminToken(ctx); again != sum || none != "" || err != nil {
		t.Errorf("again %x %q %v", again, none, err)
	}
	if other, err := s.NewAdminToken(ctx); err != nil || other == made {
		t.Error(other, err)
	}
	if now, _, _ := s.AdminToken(ctx); now == sum {
		t.Error("the old token is still good")
	}
	pepper := core.NewPepper([]byte(strings.Repeat("p", 32)))
	for range 2 {
		if err := s.CheckPepper(ctx, pepper); err != nil {
			t.Error(err)
		}
	}
	if err := open(t).CheckPepper(ctx, core.NewPepper([]byte("other"))); err == nil || !strings.Contains(err.Error(), "another pepper") {
		t.Errorf("another pepper: %v", err)
	}
	for _, name := range []string{"admin_token", "pepper_check"} {
		if v, _ := s.db.meta(ctx, s.db, name); v == "" || strings.Contains(v, made) || strings.Contains(v, "pppp") {
			t.Errorf("%s is kept as %q", name, v)
		}
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a?b%20c", "asbru.db")
	s := open(t, Options{Path: path})
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if _, err := s.db.Exec(`UPDATE asbru_meta SET value = '2' WHERE name = 'version'`); err != nil {
		t.Fatal(err)
	}
	f := func(o Options, want string) {
		t.Helper()
		if _, err := Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("error %v, want %s", err, want)
		}
	}
	f(Options{Path: path}, "a newer asbru")
	s.db.Exec(`UPDATE asbru_meta SET value = '1' WHERE name = 'version'`)
	put(t, s, "a")
	s.db.Exec(`UPDATE asbru_objects SET body = '{"name":"a","quantum":true}'`)
	f(Options{Path: path}, `cannot read virtual-key "a" of the store`)
	f(Options{Path: dir}, "cannot open the store")
	f(Options{Postgres: "postgres://u:s3cret@127.0.0.1:1/x?sslmode=disable"}, "cannot open the store 127.0.0.1:1/x")

	for range 2 {
		at, err := Pepper(path)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := os.ReadFile(at)
		if info, _ := os.Stat(at); len(b) != 65 || info.Mode().Perm() != 0o600 {
			t.Errorf("pepper of %d bytes", len(b))
		}
	}
}

func TestCopy(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "copy.json")
	s := open(t, Options{Path: filepath.Join(dir, "asbru.db"), Copy: path})
	put(t, s, "ci")
	pepper := core.NewPepper([]byte(strings.Repeat("p", 32)))
	sum, made, err := s.AdminToken(t.Context())
	if err = errors.Join(err, s.CheckPepper(t.Context(), pepper)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var done sync.WaitGroup
	done.Go(func() { s.Follow(ctx, Following{Every: 5 * time.Millisecond}) })
	for range 1000 {
		if _, err = os.Stat(path); err == nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	cancel()
	done.Wait()
	if b, err := os.ReadFile(path); err != nil || strings.Contains(string(b), made) || strings.Contains(string(b), "pppp") {
		t.Fatalf("the copy is %s, %v", b, err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("the copy has mode %v", info.Mode())
	}

	away := Options{Postgres: "postgres://u@127.0.0.1:1/x?sslmode=disable", Copy: path}
	c := open(t, away)
	if revision, ok := c.Copied(); !ok || revision != 1 || !c.Lost() {
		t.Errorf("revision %d, %v, lost %v", revision, ok, c.Lost())
	}
	got, want := fmt.Sprintf("%+v", c.Set().Kept().VirtualKeys), fmt.Sprintf("%+v", s.Set().Kept().VirtualKeys)
	if got != want || c.Set().Find(VirtualKey, "ci").sum != s.Set().Find(VirtualKey, "ci").sum {
		t.Errorf("the copy has %s, want %s", got, want)
	}
	if have, none, err := c.AdminToken(t.Context()); have != sum || none != "" || err != nil {
		t.Errorf("token %x %q %v", have, none, err)
	}
	if err := c.CheckPepper(t.Context(), pepper); err != nil {
		t.Error(err)
	}
	if err := c.CheckPepper(t.Context(), core.NewPepper([]byte("other"))); err == nil {
		t.Error("another pepper is taken")
	}
	if _, _, err := c.Change(t.Context(), Wish{If: -1, Apply: serves, Edit: func(e *Edit) error { e.Delete(e.Find(VirtualKey, "ci")); return nil }}); !errors.Is(err, ErrLost) {
		t.Errorf("a change: %v", err)
	}
	for _, text := range []string{"", "{", `{"objects":[{"kind":"quantum","body":{}}]}`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := Open(t.Context(), away); err == nil {
			s.Close()
			t.Errorf("a copy of %q was taken", text)
		}
	}
}
