package admin

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"asbru/core"
)

// A shelf is a book of one test.
type shelf struct {
	has  map[core.ObjectRef]core.Object
	lost bool
}

func (s *shelf) err() error {
	if s.lost {
		return errors.New("no disk")
	}
	return nil
}

func (s *shelf) List(_ context.Context, ref core.ObjectRef, of core.Maker, skip int) (list []core.Object, err error) {
	for r, o := range s.has {
		if (ref.ID == "" || ref.ID == r.ID) && (of.Key == "" || of.Key == o.Key) && skip == 0 {
			list = append(list, o)
		}
	}
	return list, s.err()
}

func (s *shelf) Give(_ context.Context, ref core.ObjectRef, to core.Maker) (bool, error) {
	o, ok := s.has[ref]
	if o.Maker = to; ok {
		s.has[ref] = o
	}
	return ok, s.err()
}

func (s *shelf) Made(_ context.Context, o core.Object) error {
	s.has[o.ObjectRef] = o
	return s.err()
}

func (s *shelf) Gone(_ context.Context, ref core.ObjectRef) (bool, error) {
	_, ok := s.has[ref]
	delete(s.has, ref)
	return ok, s.err()
}

func TestRecordsOfWhatKeysMade(t *testing.T) {
	b := newBench(t)
	path := Prefix + "objects"
	if code, out := b.do("GET", path, ""); code != 404 {
		t.Errorf("without a book: %d %v", code, out)
	}
	one := core.ObjectRef{Provider: "openai", Kind: "files", ID: "file-1"}
	s := &shelf{has: map[core.ObjectRef]core.Object{one: {ObjectRef: one, Maker: core.Maker{Key: "gone"}, Made: 100, Expires: 200}}}
	b.h.o.Objects = func() Objects { return s }
	f := func(method, query, body string, code int, says string) {
		t.Helper()
		got, out := b.do(method, path+query, body)
		b, err := json.Marshal(out)
		if err != nil {
			t.Fatal(err)
		}
		text := string(b)
		if got != code || !strings.Contains(text, says) {
			t.Errorf("%s %s %s: %d %s", method, query, body, got, text)
		}
	}
	f("GET", "", "", 200, `"created_at":"1970-01-01T00:01:40Z","expires_at":"1970-01-01T00:03:20Z","id":"file-1","key":"gone","kind":"files","provider":"openai"`)
	f("GET", "?key=other", "", 200, `"count":0`)
	f("GET", "?offset=-1", "", 400, `offset`)
	f("PUT", "", `{"provider":"openai","kind":"files","id":"file-1","key":"nobody"}`, 404, `nobody`)
	f("PUT", "", `{"provider":"elsewhere","kind":"files","id":"file-1","key":"filed"}`, 404, `elsewhere`)
	f("PUT", "", `{"provider":"openai","kind":"files","key":"filed"}`, 400, `id`)
	f("PUT", "", `{"provider":"openai","kind":"files","id":"file-1","key":"filed"}`, 200, `"key":"filed"`)
	f("PUT", "", `{"provider":"openai","kind":"files","id":"file-2","key":"filed"}`, 200, `file-2`)
	for _, id := range []string{"file-1", "file-2"} {
		one.ID = id
		if o := s.has[one]; o.Key != "filed" || o.Team != "filed-team" {
			t.Errorf("%s is %+v", id, o.Maker)
		}
	}
	f("DELETE", "?provider=openai&kind=files&id=file-2", "", 200, ``)
	f("DELETE", "?provider=openai&kind=files&id=file-2", "", 404, `file-2`)
	f("POST", "", `{}`, 405, `GET, PUT, DELETE`)
	if len(b.told) != 3 || !strings.Contains(b.told[2], "delete object/openai/files/file-2") {
		t.Errorf("the trail has %q", b.told)
	}
	s.lost = true
	f("GET", "", "", 503, `store_unavailable`)
	f("DELETE", "?provider=openai&kind=files&id=file-1", "", 503, `store_unavailable`)
}
