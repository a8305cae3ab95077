package trail

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"asbru/core/audit"
	"asbru/core/config"
)

// kept is the directory of a trail of 300 calls that is closed, with its database.
func kept(t *testing.T) (dir string, last uint64) {
	t.Helper()
	dir = t.TempDir()
	o, err := Configure(&config.Audit{Keep: config.Duration(time.Hour)}, dir)
	if err != nil {
		t.Fatal(err)
	}
	o.Records = 50
	r := newRigIn(t, o, dir)
	for i := range 300 {
		r.call(i, 2)
	}
	wait(t, "the trail", func() bool { return r.Needed() >= r.log.End() })
	if err := r.Trail.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, r.synced.Load()
}

func TestVerifyAndExport(t *testing.T) {
	dir, last := kept(t)
	key, db := filepath.Join(dir, publicName), filepath.Join(dir, databaseName)
	out := filepath.Join(t.TempDir(), "records.jsonl")
	var b bytes.Buffer
	if err := Export(t.Context(), db, "", &b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(out, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{dir, db, out} {
		r, err := Verify(t.Context(), from, Check{Key: key, Least: last, Fresh: time.Hour, Now: time.Now()})
		if err != nil || r.Calls != 300 || r.Nanos != 600 || r.Signed != last {
			t.Errorf("%s: %+v, %v", from, r, err)
		}
	}

	broken := func(name string, b []byte, c Check) {
		t.Helper()
		if err := os.WriteFile(out, b, 0o600); err != nil {
			t.Fatal(err)
		}
		c.Key = key
		var bad *audit.Broken
		if _, err := Verify(t.Context(), out, c); !errors.As(err, &bad) {
			t.Errorf("%s is not found: %v", name, err)
		}
	}
	all := b.Bytes()
	broken("a trail cut in a record", all[:len(all)-20], Check{})
	broken("a trail without its end", all[:bytes.LastIndexByte(all[:len(all)-1], '\n')+1], Check{Least: last})
	broken("an old trail", all, Check{Fresh: time.Hour, Now: time.Now().Add(2 * time.Hour)})
	broken("line ends of another system", bytes.ReplaceAll(all, []byte("\n"), []byte("\r\n")), Check{})
	broken("two files joined", append(bytes.Clone(all), all...), Check{})
	broken("a blank line", bytes.Replace(all, []byte("\n"), []byte("\n\n"), 1), Check{})
	broken("a changed amount", bytes.Replace(all, []byte(`"nanos":2`), []byte(`"nanos":1`), 1), Check{})

	d := SQLite("x", db, 0).(*database)
	defer d.Close()
	if err := d.ready(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, column := range []string{"nanos", "id", "kind", "time"} {
		if _, err := d.db.Exec(`UPDATE asbru_audit SET ` + column + ` = ` + column + ` || '1' WHERE seq = 9`); err != nil {
			t.Fatal(err)
		}
		if _, err := Verify(t.Context(), db, Check{Key: key}); !errors.Is(err, errColumns) {
			t.Errorf("a column %s that is not what the record says: %v", column, err)
		}
		if _, err := d.db.Exec(`UPDATE asbru_audit SET ` + column + ` = substr(` + column + `, 1, length(` + column + `) - 1) WHERE seq = 9`); err != nil {
			t.Fatal(err)
		}
		if _, err := Verify(t.Context(), db, Check{Key: key}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.db.Exec(`DELETE FROM asbru_audit WHERE seq = 7`); err != nil {
		t.Fatal(err)
	}
	if _, err := Verify(t.Context(), db, Check{Key: key}); !errors.Is(err, audit.ErrMissing) {
		t.Errorf("a row that was deleted: %v", err)
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	dir, _ := kept(t)
	key, empty := filepath.Join(dir, publicName), t.TempDir()
	f := func(from, key, part string) {
		t.Helper()
		if _, err := Verify(t.Context(), from, Check{Key: key}); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v, want %q", from, err, part)
		}
	}
	f(filepath.Join(empty, "none"), key, "cannot read the trail")
	f(empty, key, "there is no trail in")
	f(dir, filepath.Join(dir, keyName), "no Ed25519 key")
	f(dir, filepath.Join(empty, "none"), "cannot read the public key")
	f("postgres://[x", key, "cannot use the address")
	if err := Export(t.Context(), filepath.Join(dir, databaseName), "ff", &bytes.Buffer{}); err == nil {
		t.Error("a trail that is not there is exported")
	}
}

func TestConfigure(t *testing.T) {
	secret := func(s string) config.Secret { return config.NewSecret("", s) }
	o, err := Configure(&config.Audit{Dir: "/a", Spool: 1 << 30, Sinks: []config.Sink{
		{Type: "sqlite", Path: "/b.db"}, {Type: "postgres", URL: secret("postgres://u:p@h/d")}, {Type: "clickhouse", URL: secret("http://u:p@h:8123/")},
		{Type: "webhook", Name: "siem", URL: secret("https://h/"), Token: secret("t")},
		{Type: "s3", URL: secret("https://h"), Bucket: "b", Lock: "off", AccessKey: "A", Secret: secret("s")},
	}}, "/x")
	if err != nil || o.Dir != "/a" || o.Spool != 1<<30 || len(o.Sinks) != 5 {
		t.Fatalf("%+v, %v", o, err)
	}
	if b := o.Sinks[4].(*objects).bucket; b.Mode != "" || b.Region != defaultRegion || b.Lock != defaultLock {
		t.Errorf("the bucket is %+v", b)
	}
	if w := o.Sinks[3].(*webhook); w.Name() != "siem" || w.head.Get("Authorization") != "Bearer t" {
		t.Errorf("the webhook is %+v", w)
	}
	if o, err := Configure(nil, "/x"); err != nil || o.Dir != "/x" || len(o.Sinks) != 1 {
		t.Errorf("nothing said: %+v, %v", o, err)
	}
	if o, err := Configure(&config.Audit{NoSinks: true}, "/x"); err != nil || len(o.Sinks) != 0 {
		t.Errorf("no sinks: %+v, %v", o, err)
	}
	for _, s := range []config.Sink{{Type: "kafka", URL: secret("http://canary")}, {Type: "webhook", URL: secret("http://canary\x00")}} {
		if _, err := Configure(&config.Audit{Sinks: []config.Sink{s}}, "/x"); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", s.Type, err)
		}
	}
}
