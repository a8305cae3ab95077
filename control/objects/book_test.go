package objects

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"asbru/bench/postgres"
	"asbru/core"
)

// both are the laws that hold whichever database there is.
var both = []struct {
	name string
	f    func(t *testing.T, o Options)
}{
	{"as_made", testARecordIsAsItWasMade},
	{"mentioned", testWhoMentionsAThingDoesNotGetIt},
	{"bounded", testTheBookIsBounded},
	{"any", testWhetherThereIsAny},
	{"deeds", testDeedsWaitForTheGateway},
}

// testDeedsWaitForTheGateway: what an operator does is told once, in order, and again as long as it could not be written down.
func testDeedsWaitForTheGateway(t *testing.T, o Options) {
	b, ctx := made(t, o), t.Context()
	o1 := thing("file-1", "ci")
	if err := b.Made(ctx, o1); err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1_790_000_000, 5)
	deed := func(what string) *Deed {
		at = at.Add(time.Second)
		return &Deed{Time: at, Who: "cli root", Did: "delete", What: what, Notes: "n"}
	}
	for _, want := range []bool{true, false} { // the second finds nothing
		if was, err := b.GoneBy(ctx, o1.ObjectRef, deed("one")); err != nil || was != want {
			t.Errorf("%v, %v", was, err)
		}
	}
	if err := b.Tell(ctx, deed("two")); err != nil {
		t.Fatal(err)
	}
	var told []Deed
	full := errors.New("full")
	err := b.Told(ctx, func(d *Deed) error {
		if d.What == "two" && full != nil {
			return full
		}
		told = append(told, *d)
		return nil
	})
	if o.Path == "" && o.Postgres == "" {
		if err != nil || len(told) != 0 {
			t.Errorf("in memory nobody else does anything: %v, %+v", err, told)
		}
		return
	}
	if !errors.Is(err, full) || len(told) != 1 {
		t.Errorf("%v, %+v", err, told)
	}
	full = nil
	for range 2 {
		if err := b.Told(ctx, func(d *Deed) error { told = append(told, *d); return nil }); err != nil {
			t.Error(err)
		}
	}
	if len(told) != 2 || told[0].What != "one" || told[0].Time.UnixNano() != 1_790_000_001e9+5 || told[1].What != "two" || told[1].Who != "cli root" || told[1].Notes != "n" {
		t.Errorf("%+v", told)
	}
}

func TestMemory(t *testing.T) {
	for _, x := range both {
		t.Run(x.name, func(t *testing.T) { x.f(t, Options{}) })
	}
}

func TestSQLite(t *testing.T) {
	for _, x := range both {
		t.Run(x.name, func(t *testing.T) { x.f(t, Options{Path: filepath.Join(t.TempDir(), "state", "objects.db")}) })
	}
}

func TestPostgres(t *testing.T) {
	s := postgres.Start(t)
	for _, x := range both {
		t.Run(x.name, func(t *testing.T) { x.f(t, Options{Postgres: s.Database(x.name)}) })
	}
}

func made(t *testing.T, o Options) *Book {
	b := New(o)
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func thing(id, key string) core.Object {
	return core.Object{ObjectRef: core.ObjectRef{Provider: "openai", Kind: "files", ID: id}, Maker: core.Maker{Key: key, Team: "a", Customer: "c"},
		Model: "gpt", Made: 1000, Expires: 2000}
}

func testARecordIsAsItWasMade(t *testing.T, o Options) {
	b, ctx := made(t, o), t.Context()
	want := thing("file-1", "ci")
	if err := b.Made(ctx, want); err != nil {
		t.Fatal(err)
	}
	got, ok, err := b.Owner(ctx, want.ObjectRef)
	if err != nil || !ok || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v, %v", got, ok, err)
	}
	other := want.ObjectRef
	other.Provider = "azure"
	if _, ok, err := b.Owner(ctx, other); ok || err != nil {
		t.Errorf("another provider's is found: %v, %v", ok, err)
	}
	if was, err := b.Gone(ctx, want.ObjectRef); !was || err != nil {
		t.Error(was, err)
	}
	if _, ok, err := b.Owner(ctx, want.ObjectRef); ok || err != nil {
		t.Errorf("what is gone is found: %v, %v", ok, err)
	}
}

// testWhoMentionsAThingDoesNotGetIt holds that only making a thing makes it somebody's.
func testWhoMentionsAThingDoesNotGetIt(t *testing.T, o Options) {
	b, ctx := made(t, o), t.Context()
	mine := thing("file-1", "mine")
	if err := b.keep(ctx, []core.Object{mine}, []core.Object{thing("file-2", "mine")}); err != nil {
		t.Fatal(err)
	}
	theirs, later := thing("file-1", "theirs"), thing("file-2", "mine")
	later.Expires = 9000
	if err := b.keep(ctx, nil, []core.Object{theirs, later}); err != nil {
		t.Fatal(err)
	}
	got, err := b.find(ctx, []core.ObjectRef{mine.ObjectRef, later.ObjectRef, {Provider: "openai", Kind: "files", ID: "file-3"}})
	if err != nil || len(got) != 2 {
		t.Fatal(got, err)
	}
	for _, o := range got {
		if o.Key != "mine" || o.ID == "file-2" && o.Expires != 9000 {
			t.Errorf("%+v", o)
		}
	}
	if err := b.Made(ctx, theirs); err != nil {
		t.Fatal(err)
	}
	if got, _, _ := b.Owner(ctx, mine.ObjectRef); got.Key != "theirs" {
		t.Errorf("a name that was given again is still %q's", got.Key)
	}
}

func testTheBookIsBounded(t *testing.T, o Options) {
	o.Most, o.Now = 10, func() time.Time { return time.Unix(1000, 0) }
	b, ctx := made(t, o), t.Context()
	var all []core.Object
	for i := range tidyEvery {
		all = append(all, thing(fmt.Sprintf("file-%03d", i), "ci"))
		all[i].Made, all[i].Expires = int64(i+2), 0
	}
	if err := b.keep(ctx, all, nil); err != nil {
		t.Fatal(err)
	}
	list, err := b.List(ctx, core.ObjectRef{}, core.Maker{Key: "ci"}, 0)
	if err != nil || len(list) != 10 {
		t.Fatalf("%d, %v", len(list), err)
	}
	if list[0].ID != "file-255" || list[9].ID != "file-246" {
		t.Errorf("the newest is %s, the oldest %s", list[0].ID, list[9].ID)
	}
	if list, err = b.List(ctx, core.ObjectRef{Provider: "openai", Kind: "files"}, core.Maker{}, 5); err != nil || len(list) != 5 {
		t.Errorf("%d, %v", len(list), err)
	}
}

func testWhetherThereIsAny(t *testing.T, o Options) {
	b := made(t, o)
	if err := b.Made(t.Context(), thing("file-1", "ci")); err != nil {
		t.Fatal(err)
	}
	f := func(provider string, who core.Maker, want bool) {
		t.Helper()
		told := make(chan error, 1)
		b.Any(provider, "files", who, func(is bool, err error) {
			if is != want {
				t.Errorf("%s %+v: %v", provider, who, is)
			}
			told <- err
		})
		if err := <-told; err != nil {
			t.Error(err)
		}
	}
	f("openai", core.Maker{Key: "ci"}, true)
	f("openai", core.Maker{Key: "x", Team: "a"}, true)
	f("openai", core.Maker{Key: "x", Team: "b", Customer: "c"}, true)
	f("openai", core.Maker{Key: "x"}, false)
	f("azure", core.Maker{Key: "ci"}, false)
}

func TestWhatExpiredIsForgotten(t *testing.T) {
	b, ctx := made(t, Options{Now: func() time.Time { return time.Unix(1_000_000, 0) }}), t.Context()
	if err := b.Made(ctx, thing("file-1", "ci")); err != nil {
		t.Fatal(err)
	}
	if err := b.with(ctx, b.tidy); err != nil {
		t.Fatal(err)
	}
	if list, err := b.List(ctx, core.ObjectRef{}, core.Maker{}, 0); err != nil || len(list) != 0 {
		t.Error(list, err)
	}
}

func TestTheBookOutlivesTheProcess(t *testing.T) {
	o := Options{Path: filepath.Join(t.TempDir(), "objects.db")}
	b := New(o)
	want := thing("file-1", "ci")
	if err := b.Made(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(o.Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	got, ok, err := made(t, o).Owner(t.Context(), want.ObjectRef)
	if err != nil || !ok || got.Key != "ci" {
		t.Errorf("%+v, %v, %v", got, ok, err)
	}
}

func TestGiven(t *testing.T) {
	b, ctx := made(t, Options{}), t.Context()
	o := thing("file-1", "ci")
	if was, err := b.Give(ctx, o.ObjectRef, core.Maker{Key: "x"}); was || err != nil {
		t.Error(was, err)
	}
	if err := b.Made(ctx, o); err != nil {
		t.Fatal(err)
	}
	if was, err := b.Give(ctx, o.ObjectRef, core.Maker{Key: "x", Team: "y"}); !was || err != nil {
		t.Error(was, err)
	}
	if got, _, _ := b.Owner(ctx, o.ObjectRef); got.Maker != (core.Maker{Key: "x", Team: "y"}) {
		t.Errorf("%+v", got.Maker)
	}
}

// TestTold holds that whoever asks in the background is told, once, whatever happens.
func TestTold(t *testing.T) {
	b := New(Options{Path: filepath.Join(t.TempDir(), "no", "objects.db")})
	told := make(chan error, 3)
	o := thing("file-1", "ci")
	b.Keep([]core.Object{o}, nil, func(err error) { told <- err })
	if err := <-told; err != nil {
		t.Fatal(err)
	}
	b.Find([]core.ObjectRef{o.ObjectRef}, func(list []core.Object, err error) {
		if len(list) != 1 {
			t.Errorf("%d are found", len(list))
		}
		told <- err
	})
	if err := <-told; err != nil {
		t.Fatal(err)
	}
	b.Forget([]core.ObjectRef{o.ObjectRef}, func(err error) { told <- err })
	if err := <-told; err != nil {
		t.Fatal(err)
	}
	b.Keep([]core.Object{thing("", "ci")}, nil, func(err error) { told <- err })
	if err := <-told; err == nil {
		t.Error("a thing without a name is kept")
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	b.Find(nil, func(_ []core.Object, err error) { told <- err })
	if err := <-told; err == nil {
		t.Error("a closed book can be used")
	}
	if got := b.Figures()[2].N; got != 1 {
		t.Errorf("%d records are said to be lost", got)
	}
}

// TestABookThatCannotBeOpened is asked again each time.
func TestABookThatCannotBeOpened(t *testing.T) {
	dir := t.TempDir()
	in := filepath.Join(dir, "state")
	if err := os.WriteFile(in, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	b := made(t, Options{Path: filepath.Join(in, "objects.db")})
	if _, err := b.find(context.Background(), nil); err == nil {
		t.Fatal("a file is a directory")
	}
	if b.Figures()[1].N != 1 {
		t.Error("it is not told that the book does not answer")
	}
	if err := os.Remove(in); err != nil {
		t.Fatal(err)
	}
	if _, err := b.find(context.Background(), nil); err != nil || b.Figures()[1].N != 0 {
		t.Error(err)
	}
}
