package store

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/url"
	"sync/atomic"
	"testing"
)

// A cutter is between a store and its Postgres, and cuts connections on which a change is committed.
type cutter struct {
	to   string
	l    net.Listener
	how  atomic.Int32 // what happens to a commit
	away atomic.Bool  // nobody gets another connection
}

const (
	passOn   = iota
	cutAhead // the database never hears of it
	cutReply // the store never hears that it is done
	cutBoth  // and cannot ask
)

// cutting is a cutter in front of the database at address, and its own address.
func cutting(t *testing.T, address string) (*cutter, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	c := &cutter{to: u.Host, l: l}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go c.carry(conn)
		}
	}()
	u.Host = l.Addr().String()
	return c, u.String()
}

func (c *cutter) carry(client net.Conn) {
	defer client.Close()
	if c.away.Load() {
		return
	}
	server, err := net.Dial("tcp", c.to)
	if err != nil {
		return
	}
	defer server.Close()
	var mute atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		b := make([]byte, 64<<10)
		for {
			n, err := server.Read(b)
			if err != nil {
				return
			}
			if mute.Load() { // it is done
				return
			}
			client.Write(b[:n])
		}
	}()
	b := make([]byte, 64<<10)
	for {
		n, err := client.Read(b)
		if err != nil {
			return
		}
		if how := c.how.Load(); how != passOn && bytes.Contains(b[:n], []byte("COMMIT")) {
			c.how.Store(passOn)
			c.away.Store(how == cutBoth)
			if mute.Store(true); how != cutAhead {
				server.Write(b[:n])
				<-done
			}
			return
		}
		if _, err := server.Write(b[:n]); err != nil && !errors.Is(err, io.EOF) {
			return
		}
	}
}

// testACommitThatIsCut has the connection break while a change is committed: what the store says of it is what the database has.
func testACommitThatIsCut(t *testing.T, address string) {
	c, through := cutting(t, address)
	s := open(t, Options{Postgres: through})
	put(t, s, "ci")
	change := func(name string) ([]Change, error) {
		_, changes, err := s.Change(t.Context(), Wish{If: -1, Apply: serves, Edit: func(e *Edit) error {
			_, err := e.Put(VirtualKey, "", name, key(name))
			return err
		}})
		return changes, err
	}
	has := func(name string) bool { return open(t, Options{Postgres: address}).Set().Find(VirtualKey, name) != nil }

	c.how.Store(cutReply)
	if changes, err := change("made"); err != nil || len(changes) != 1 || !has("made") || s.Set().Find(VirtualKey, "made") == nil {
		t.Errorf("a change that was made: %v, %v", changes, err)
	}
	c.how.Store(cutAhead)
	if _, err := change("lost"); !errors.Is(err, ErrLost) || errors.Is(err, ErrUnsure) || has("lost") {
		t.Errorf("a change that was not made: %v", err)
	}
	c.how.Store(cutBoth)
	if _, err := change("unsure"); !errors.Is(err, ErrUnsure) || !errors.Is(err, ErrLost) {
		t.Errorf("a change of which nobody knows: %v", err)
	}
	c.away.Store(false)
	if _, err := s.Refresh(t.Context()); err != nil || s.Set().Find(VirtualKey, "unsure") == nil {
		t.Errorf("a change of which nobody knew, afterwards: %v", err)
	}
}
