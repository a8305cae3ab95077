package faults

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"

	"asbru/bench/leak"
)

// full plays every script at full length; without it the long ones are shortened.
var full = flag.Bool("full", false, "play the long scripts at their length, with a thousand clients leaving")

func TestMain(m *testing.M) { os.Exit(leak.Run(resolved{m})) }

// resolved makes names be resolved by a server on loopback, which knows none.
type resolved struct{ m *testing.M }

func (r resolved) Run() int {
	flag.Parse()
	flag.Set("test.parallel", "24") // rows mostly wait
	address, stop, err := nobody()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer stop()
	defer func() {
		if built.path != "" {
			os.RemoveAll(filepath.Dir(built.path))
		}
	}()
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", address)
	}}
	return r.m.Run()
}
