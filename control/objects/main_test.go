package objects

import (
	"os"
	"testing"

	"asbru/bench/leak"
)

func TestMain(m *testing.M) { os.Exit(leak.Run(m)) }
