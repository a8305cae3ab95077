package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A load is asbru loadgen at a fixed rate.
type load struct {
	cmd  *exec.Cmd
	out  bytes.Buffer
	file string
	end  time.Time
}

// loaded starts a load on the gateway for a while.
func (s *soak) loaded(g *gateway, rate int, length time.Duration) (*load, error) {
	l := &load{file: filepath.Join(s.dir, g.step+"-load.json"), end: time.Now().Add(length)}
	l.cmd = exec.Command(s.binary, "loadgen", "--rate", fmt.Sprint(rate), "--window", "1s", "--rounds", fmt.Sprint(int(length/time.Second)),
		"--foreign", "100", "--timeout", "15s", "--model", "mock-latency-5ms", "--json", l.file, "http://"+g.addr)
	l.cmd.Stdout, l.cmd.Stderr = &l.out, &l.out
	return l, l.cmd.Start()
}

// result waits for the end of the load and adds its figures.
func (l *load) result(s *soak, step string) error {
	ended := ends(l.cmd, time.Until(l.end)+6*patience)
	b, err := os.ReadFile(l.file)
	if err != nil {
		return fmt.Errorf("the load generator: %v\n%s", ended, l.out.String())
	}
	os.Remove(l.file)
	var seen struct {
		Targets []struct {
			Sent, OK int
			Figures  map[string]struct{ Median, Q3 float64 }
		}
	}
	if err := json.Unmarshal(b, &seen); err != nil {
		return err
	}
	if len(seen.Targets) != 1 {
		return fmt.Errorf("the load generator reports %d targets", len(seen.Targets))
	}
	t := seen.Targets[0]
	s.tell(step, "requests", float64(t.Sent))
	s.exactly(step, "requests failed", float64(t.Sent-t.OK), 0)
	s.tell(step, "ms p50, median of the seconds", t.Figures["p50"].Median/1e3)
	s.tell(step, "ms p99, median of the seconds", t.Figures["p99"].Median/1e3)
	s.tell(step, "ms p99, third quartile of the seconds", t.Figures["p99"].Q3/1e3)
	if t.Sent != t.OK {
		fmt.Println(l.out.String())
	}
	return nil
}

// streams keep a number of paced streams open, one after the other on kept
// connections, and check each byte of them.
type streams struct {
	whole, broken atomic.Int64
	first         atomic.Pointer[string] // the first failure
	stop          chan struct{}
	wg            sync.WaitGroup
}

func streaming(g *gateway, n int) (*streams, error) {
	st := &streams{stop: make(chan struct{})}
	tr := &http.Transport{MaxIdleConnsPerHost: n}
	c := &http.Client{Transport: tr, Timeout: streamWait}
	want, err := readStream(c, g.addr)
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(want, "data: [DONE]\n\n") {
		return nil, fmt.Errorf("the first stream is not whole: %.300q", want)
	}
	for i := range n {
		st.wg.Go(func() {
			time.Sleep(time.Duration(i) * 10 * time.Millisecond) // not all in step
			for st.next(c, g.addr, want) {
			}
		})
	}
	go func() {
		st.wg.Wait()
		tr.CloseIdleConnections()
	}()
	return st, nil
}

// next runs one stream; false: that was the last one.
func (st *streams) next(c *http.Client, addr, want string) bool {
	select {
	case <-st.stop:
		return false
	default:
	}
	got, err := readStream(c, addr)
	if err == nil && got == want {
		st.whole.Add(1)
		return true
	}
	st.broken.Add(1)
	what := fmt.Sprintf("%v, %d of %d bytes: %.300q", err, len(got), len(want), got[max(0, len(got)-300):])
	st.first.CompareAndSwap(nil, &what)
	return true
}

func readStream(c *http.Client, addr string) (string, error) {
	resp, err := c.Post("http://"+addr+"/v1/chat/completions", "application/json",
		strings.NewReader(`{"model":"`+streamModel+`","stream":true,"messages":[{"role":"user","content":"Hi"}]}`))
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s", resp.Status)
	}
	return string(b), err
}

// result lets the streams finish and adds their figures.
func (st *streams) result(s *soak, step string) {
	close(st.stop)
	st.wg.Wait()
	s.atLeast(step, "streams whole", float64(st.whole.Load()), 1)
	s.exactly(step, "streams broken", float64(st.broken.Load()), 0)
	if first := st.first.Load(); first != nil {
		fmt.Println("the first broken stream:", *first)
	}
}
