package weaviate

import (
	"os"
	"testing"

	"asbru/bench/leak"
	"asbru/bench/stores"
	"asbru/bench/stores/exercise"
)

func TestMain(m *testing.M) { os.Exit(leak.Run(m)) }

func TestReal(t *testing.T) { exercise.Real(t, "weaviate", Open) }

func TestStandIn(t *testing.T) {
	h := &stores.Weaviate{Key: exercise.Password}
	exercise.StandIn(t, h, exercise.Web(t, h)+"/", Open)
}

// Any answer of a server yields complete rows or none.
func FuzzSearch(f *testing.F) {
	exercise.Answers(f, `{"data":{"Get":{"Questions_8":[{"space":"0","key":"0","text":"","answer":"","until":1,"_additional":{"distance":0.5}}]}}}`, Open)
}
