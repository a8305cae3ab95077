//go:build unix && !race

package store

import (
	"encoding/binary"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"
)

// deaths is how often a process is killed amid its writes.
const deaths = 200

// A process that is killed amid its writes leaves whole records, and the next one goes on.
func TestKilled(t *testing.T) {
	if dir := os.Getenv("ASBRU_STORE_WRITES"); dir != "" {
		writes(t, dir)
		return
	}
	if testing.Short() {
		t.Skip("200 processes take seconds")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(3, 4))
	torn, records := 0, 0
	for range deaths {
		c := exec.Command(self, "-test.run=^TestKilled$")
		c.Env = append(os.Environ(), "ASBRU_STORE_WRITES="+dir)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		out.Read(make([]byte, 1)) // it begins to write
		time.Sleep(time.Duration(r.IntN(2500)) * time.Microsecond)
		c.Process.Kill()
		c.Wait()

		s := opened(t, Options{Dir: dir, Key: secret})
		got := loaded(t, s)
		for k, b := range got {
			n := int(binary.LittleEndian.Uint64(k[:]))
			if len(b) == 0 || b != string(body(n, int(b[len(b)-2]-'0'))) {
				t.Fatalf("record %d is %q", n, b)
			}
		}
		records += len(got)
		torn += s.Counts().Torn
		s.mu.Lock()
		s.seal()
		s.mu.Unlock()
		if err := s.Compact(); err != nil {
			t.Fatal(err)
		}
		s.Close()
	}
	if records == 0 || torn == 0 {
		t.Errorf("%d records were read, %d segments were torn: nothing was shown", records, torn)
	}
	t.Logf("%d records, %d torn segments", records, torn)
}

// writes puts until it is killed, a little every time. It hands over to the kernel in
// pieces that end anywhere in a record, as a buffer does that is full.
func writes(t *testing.T, dir string) {
	s, err := Open(Options{Dir: dir, Key: secret})
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	os.Stdout.Write([]byte{'.'})
	for range 4000 {
		n := r.IntN(500)
		k := key(n)
		if _, err := s.Put(&k, forever, body(n, r.IntN(10))); err != nil {
			t.Fatal(err)
		}
		if s.mu.Lock(); r.IntN(4) == 0 {
			part := s.tail.buf[:r.IntN(len(s.tail.buf)+1)]
			s.tail.file.Write(part)
			s.tail.buf = append(s.tail.buf[:0], s.tail.buf[len(part):]...)
		}
		s.mu.Unlock()
	}
	time.Sleep(time.Minute)
}
