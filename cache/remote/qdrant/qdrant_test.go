package qdrant

import (
	"os"
	"testing"

	"asbru/bench/leak"
	"asbru/bench/stores"
	"asbru/bench/stores/exercise"
)

func TestMain(m *testing.M) { os.Exit(leak.Run(m)) }

func TestReal(t *testing.T) { exercise.Real(t, "qdrant", Open) }

func TestStandIn(t *testing.T) {
	h := &stores.Qdrant{Key: exercise.Password}
	exercise.StandIn(t, h, exercise.Web(t, h)+"/", Open)
}

// Any answer of a server yields complete rows or none.
func FuzzSearch(f *testing.F) {
	exercise.Answers(f, `{"result":{"points":[{"id":"x","score":0.5,"payload":{"space":"00","key":"00","text":"!","answer":"","until":1}}]}}`, Open)
}
