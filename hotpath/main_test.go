package hotpath

import (
	"net/http"
	"os"
	"testing"

	"asbru/bench/leak"
)

func TestMain(m *testing.M) { os.Exit(leak.Run(tidy{m})) }

// tidy lets the shared client of the tests close what it keeps.
type tidy struct{ m *testing.M }

func (t tidy) Run() int {
	code := t.m.Run()
	http.DefaultClient.CloseIdleConnections()
	return code
}
