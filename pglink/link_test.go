package pglink

import (
	"context"
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"asbru/bench/leak"
)

func TestMain(m *testing.M) { os.Exit(leak.Run(m)) }

// Whoever connects to what accepts connections and says nothing waits no longer than the context, whatever the address says.
func TestConnectEnds(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, mode := range []string{"disable", "require"} {
		c, err := New("postgres://u:secret@" + l.Addr().String() + "/db?sslmode=" + mode)
		if err != nil {
			t.Fatal(err)
		}
		for _, patience := range []time.Duration{0, 100 * time.Millisecond} {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			ended := make(chan error, 1)
			go func() {
				_, err := c.Connect(ctx)
				ended <- err
			}()
			select {
			case err := <-ended:
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%s, %v: %v", mode, patience, err)
				}
			case <-time.After(10 * time.Second):
				t.Errorf("%s: it waits after %v", mode, patience)
			}
			cancel()
		}
	}
}

func TestNew(t *testing.T) {
	if _, err := New("postgres://h/db?connect_timeout=x"); err == nil {
		t.Error("an address that cannot be valid is taken")
	}
}
