package weaviate

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"asbru/bench/stores/exercise"
	"asbru/cache/vector"
)

// Whatever a server answers, rows are whole or not there.
func FuzzSearch(f *testing.F) {
	var body atomic.Pointer[[]byte]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if b := body.Load(); b != nil {
			w.Write(*b)
		} else {
			w.Write([]byte(`{"result":{"exists":true}}`))
		}
	}))
	f.Cleanup(server.Close)
	s, err := Open(vector.Place{URL: server.URL, Name: "questions"})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Close() })
	if err := s.Prepare(f.Context(), 8); err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"data":{"Get":{"Questions_8":[{"space":"0","key":"0","text":"","answer":"","until":1,"_additional":{"distance":0.5}}]}}}`))
	f.Add([]byte("{}"))
	f.Add([]byte("["))
	f.Fuzz(func(t *testing.T, data []byte) {
		body.Store(&data)
		all, err := s.Search(t.Context(), &vector.Query{Vector: exercise.Axis(0, 0), Top: 4, Now: time.Unix(1, 0)})
		if err != nil && len(all) > 0 {
			t.Errorf("%d rows and %v", len(all), err)
		}
	})
}
