package redis

import (
	"os"
	"testing"

	"asbru/bench/leak"
	"asbru/bench/stores"
	"asbru/bench/stores/exercise"
)

func TestMain(m *testing.M) { os.Exit(leak.Run(m)) }

// listens serves r until the test ends.
func listens(t *testing.T, r *stores.Redis) (url string) {
	t.Helper()
	address, err := r.Listen()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return "redis://" + address
}

func TestReal(t *testing.T) { exercise.Real(t, "redis", Open) }

func TestStandIn(t *testing.T) {
	r := &stores.Redis{Password: exercise.Password}
	exercise.StandIn(t, r, listens(t, r), Open)
}

// Every row expires by itself.
func TestExpires(t *testing.T) {
	r := &stores.Redis{}
	s := exercise.Opener[*Store](Open).At(t, listens(t, r), "")
	if err := s.Prepare(t.Context(), 8); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(t.Context(), exercise.Row("a", 1, 0, nil)); err != nil {
		t.Fatal(err)
	}
	if r.Len() != 1 || !r.Expiring() {
		t.Errorf("%d rows, expiring %v", r.Len(), r.Expiring())
	}
}
