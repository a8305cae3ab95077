package trail

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"asbru/core/config"
)

// Defaults of the sinks.
const (
	databaseName  = "audit.db"
	defaultRegion = "us-east-1"
	defaultLock   = 365 * 24 * time.Hour

	defaultContent     = 16 << 10
	defaultContentKeep = 30 * 24 * time.Hour
)

// Configure makes Options from the document; dir is the default for the directory of the trail.
// a is nil if the document says nothing. The sinks do not connect yet.
func Configure(a *config.Audit, dir string) (Options, error) {
	if a == nil {
		a = &config.Audit{}
	}
	o := Options{
		Dir: cmp.Or(a.Dir, dir), Key: a.Sign.Key, Every: time.Duration(a.Sign.Every), Records: a.Sign.Records,
		Spool: int64(a.Spool), Keep: time.Duration(a.Keep),
	}
	if a.Content != nil {
		o.Content = ContentOptions{Bytes: cmp.Or(int(a.Content.Bytes), defaultContent), Keep: cmp.Or(time.Duration(a.Content.Retention), defaultContentKeep)}
	}
	list := a.Sinks
	if len(list) == 0 && !a.NoSinks {
		list = []config.Sink{{Type: "sqlite"}}
	}
	for i := range list {
		s, err := newSink(&list[i], o.Dir)
		if err != nil {
			return Options{}, err
		}
		o.Sinks = append(o.Sinks, s)
	}
	return o, nil
}

func newSink(s *config.Sink, dir string) (Sink, error) {
	name, keep := cmp.Or(s.Name, s.Type), time.Duration(s.Retention)
	if s.Type == "sqlite" {
		return SQLite(name, cmp.Or(s.Path, filepath.Join(dir, databaseName)), keep), nil
	}
	to, err := url.Parse(s.URL.Reveal())
	if err != nil {
		return nil, fmt.Errorf("cannot use the address of audit sink %s: it is none", name) // err would show the address
	}
	switch s.Type {
	case "postgres":
		return Postgres(name, to, keep), nil
	case "clickhouse":
		return ClickHouse(name, to, keep), nil
	case "webhook":
		var head http.Header
		if s.Token.Set() {
			head = http.Header{"Authorization": {"Bearer " + s.Token.Reveal()}}
		}
		return Webhook(name, to.String(), []byte(s.Secret.Reveal()), head, dir), nil
	case "s3":
		return Objects(name, bucketOf(s, to), dir), nil
	}
	return nil, fmt.Errorf("cannot bring audit records to %s: %q is no type of sink", name, s.Type)
}

func bucketOf(s *config.Sink, to *url.URL) Bucket {
	b := Bucket{
		Endpoint: to, Region: cmp.Or(s.Region, defaultRegion), Name: s.Bucket, Prefix: s.Prefix, ID: s.AccessKey, Secret: s.Secret.Reveal(),
		Mode: strings.ToUpper(cmp.Or(s.Lock, "compliance")), Lock: cmp.Or(time.Duration(s.LockFor), defaultLock),
	}
	if s.Lock == "off" {
		b.Mode = ""
	}
	return b
}
