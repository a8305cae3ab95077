package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A gateway is asbru serve through all its successors, with its provider.
type gateway struct {
	step   string
	pid    int // the process that accepts
	addr   string
	config string // file
	log    string // file of all its processes
	mock   *exec.Cmd
	told   int // log lines "handed over" so far
	before usage
}

// usage is the resources of a process.
type usage struct {
	files  int
	memory float64
}

// configured returns a configuration for a provider; more are lines at the end.
func configured(provider, more string) string {
	return "providers:\n  - {name: local, base_url: " + provider + "/v1, network: {allow_private_network: true, keep_alive: 5s}}\n" +
		"models:\n  - {alias: fast, provider: local, model: mock}\n" + more
}

// open starts a stand-in provider and a gateway in front of it. wrap is a shell line that ends
// with the program; empty: none.
func (s *soak) open(step, wrap, more string, args ...string) (*gateway, error) {
	dir, err := os.MkdirTemp(s.dir, step+"-")
	if err != nil {
		return nil, err
	}
	g := &gateway{step: step, config: filepath.Join(dir, "asbru.yaml"), log: filepath.Join(dir, "log")}
	base, err := g.provider(s.binary, filepath.Join(dir, "mock"))
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(g.config, []byte(configured(base, more)), 0o600); err != nil {
		return nil, err
	}
	argv := append([]string{s.binary, "serve"}, append(args, g.config)...)
	if wrap != "" {
		argv = append([]string{"/bin/sh", "-c", wrap}, argv...)
	}
	if err := g.start(exec.Command(argv[0], argv[1:]...)); err != nil {
		return nil, err
	}
	return g, nil
}

// provider starts the stand-in.
func (g *gateway) provider(binary, out string) (base string, err error) {
	f, err := os.Create(out)
	if err != nil {
		return "", err
	}
	defer f.Close()
	g.mock = exec.Command(binary, "mock", "--listen", "127.0.0.1:0", "--shards", "1")
	g.mock.Stdout, g.mock.Stderr = f, f
	if err := g.mock.Start(); err != nil {
		return "", err
	}
	err = await("the stand-in provider", func() bool {
		b, _ := os.ReadFile(out)
		_, after, _ := strings.Cut(string(b), "provider on ")
		base, _, _ = strings.Cut(after, "/v1 ")
		return base != ""
	})
	return base, err
}

// start runs a prepared command and waits until it listens.
func (g *gateway) start(c *exec.Cmd) error {
	f, err := os.OpenFile(g.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	seen := len(g.lines("listening"))
	c.Stdout, c.Stderr = f, f
	if err := c.Start(); err != nil {
		return err
	}
	g.pid = c.Process.Pid
	go c.Wait() // ends with the process, at the latest in endAll
	return await("asbru to listen", func() bool {
		up := g.lines("listening")
		if len(up) <= seen {
			return false
		}
		g.addr, _ = up[len(up)-1]["address"].(string)
		return true
	})
}

// lines returns the number of log lines with a message.
func (g *gateway) lines(message string) (all []map[string]any) {
	b, _ := os.ReadFile(g.log)
	for line := range strings.Lines(string(b)) {
		var entry map[string]any
		if strings.Contains(line, message) && json.Unmarshal([]byte(line), &entry) == nil && entry["msg"] == message {
			all = append(all, entry)
		}
	}
	return all
}

// handOver asks for a successor and waits for it.
func (g *gateway) handOver() error {
	if err := syscall.Kill(g.pid, syscall.SIGUSR2); err != nil {
		return err
	}
	return await("a hand-over", func() bool {
		done := g.lines("handed over")
		if len(done) <= g.told {
			return false
		}
		g.told = len(done)
		g.pid = int(done[g.told-1]["successor"].(float64))
		return true
	})
}

// stop ends the gateway as a supervisor does, and its provider and the step.
func (g *gateway) stop(s *soak) error {
	for _, pid := range append(descendants(os.Getpid()), g.pid) {
		if pid != g.mock.Process.Pid {
			syscall.Kill(pid, syscall.SIGTERM)
		}
	}
	err := await("the gateway to end", func() bool {
		reap()
		for _, pid := range descendants(os.Getpid()) {
			if pid != g.mock.Process.Pid && alive(pid) {
				return false
			}
		}
		return true
	})
	g.mock.Process.Kill()
	g.mock.Wait()
	b, _ := os.ReadFile(g.log)
	bugs := 0
	for _, word := range []string{"panic", "bug: ", "fatal error", "DATA RACE"} {
		bugs += strings.Count(string(b), word)
	}
	s.exactly(g.step, "bugs in the log", float64(bugs), 0)
	if bugs > 0 {
		fmt.Println(string(b[:min(len(b), 4000)]))
	}
	return err
}

// mark records the gateway's present usage.
func (g *gateway) mark() { g.before = usage{files(g.pid), memory(g.pid)} }

// back waits until the gateway's usage is back to the recorded one, within the bounds.
func (g *gateway) back(s *soak) {
	maxFiles := g.before.files + moreFiles
	maxMemory := max(g.before.memory+moreMemory, 1.5*g.before.memory)
	var now usage
	begun := time.Now()
	for time.Since(begun) < settle {
		if now = (usage{files(g.pid), memory(g.pid)}); now.files <= maxFiles && now.memory <= maxMemory {
			break
		}
		time.Sleep(looking)
	}
	s.tell(g.step, "seconds until they were back", time.Since(begun).Seconds())
	s.atMost(g.step, fmt.Sprintf("descriptors afterwards (%d before)", g.before.files), float64(now.files), float64(maxFiles))
	s.atMost(g.step, fmt.Sprintf("MB resident afterwards (%.1f before)", g.before.memory), now.memory, maxMemory)
}

// ask sends one chat request on a connection of its own.
func (g *gateway) ask(model string) error {
	tr := &http.Transport{DisableKeepAlives: true}
	defer tr.CloseIdleConnections()
	c := &http.Client{Transport: tr, Timeout: patience}
	resp, err := c.Post("http://"+g.addr+"/v1/chat/completions", "application/json",
		strings.NewReader(`{"model":"`+model+`","messages":[{"role":"user","content":"Hi"}]}`))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %.300s", resp.Status, b)
	}
	return err
}

// refused returns how many configurations it has refused so far.
func (g *gateway) refused() int {
	resp, err := http.Get("http://" + g.addr + "/api/status")
	if err != nil {
		return -1
	}
	defer resp.Body.Close()
	var st struct{ Reloads struct{ Failed int } }
	if json.NewDecoder(resp.Body).Decode(&st) != nil {
		return -1
	}
	return st.Reloads.Failed
}

func dial(addr string) (*net.TCPConn, error) {
	c, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return nil, err
	}
	return c.(*net.TCPConn), nil
}
