package trail

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"asbru/core/audit"
)

func TestClickHouse(t *testing.T) {
	to := startClickHouse(t)
	ask := func(statement string) []byte {
		t.Helper()
		got, err := http.Post(to.String(), "text/plain", strings.NewReader(statement))
		if err != nil {
			t.Fatal(err)
		}
		defer got.Body.Close()
		b, err := io.ReadAll(got.Body)
		if err != nil || got.StatusCode != 200 {
			t.Fatalf("%s: %d %s %v", statement, got.StatusCode, b, err)
		}
		return b
	}
	read := func(trail string) [][]byte {
		return bytes.Split(bytes.TrimSpace(ask("SELECT record FROM asbru_audit WHERE trail = '"+trail+"' ORDER BY seq FORMAT TabSeparatedRaw")), []byte("\n"))
	}
	sink := func() Sink { return ClickHouse("clickhouse", to, time.Hour) }
	r := prove(t, sink, read)
	if got := string(ask("SELECT key, asked, count(), sum(nanos) FROM asbru_calls WHERE key = 'alice' GROUP BY key, asked FORMAT TabSeparated")); got != "alice\tgpt-5\t900\t9900\n" {
		t.Errorf("the view says %q", got)
	}
	trail := r.feeds[0].trail
	c := sink()
	defer c.Close()
	if err := c.Store(t.Context(), trail, []Row{{Head: audit.Head{Seq: 1, Kind: "x"}, Line: []byte("twice")}}); err != nil {
		t.Fatal(err)
	}
	if got := string(ask("SELECT count(), uniqExact(seq) FROM asbru_audit FINAL WHERE trail = '" + trail + "'")); got != fmt.Sprintf("%d\t%d\n", r.synced.Load(), r.synced.Load()) {
		t.Errorf("a row that came again is not folded: %q", got)
	}
	if err := c.Expire(t.Context(), trail, time.Now().Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	wait(t, "old rows to be removed", func() bool {
		n, _ := strconv.Atoi(strings.TrimSpace(string(ask("SELECT count() FROM asbru_audit FINAL WHERE trail = '" + trail + "'"))))
		return n > 0 && n <= 41
	})
}

// startClickHouse starts a server of the test's own and returns its address.
func startClickHouse(t *testing.T) *url.URL {
	path, err := exec.LookPath("clickhouse-server")
	if err != nil {
		path = "/usr/sbin/clickhouse-server"
	}
	if _, err := os.Stat(path); err != nil {
		t.Skip("there is no ClickHouse here: apt-get install clickhouse-server")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	dir := t.TempDir()
	config := fmt.Sprintf(`<yandex><logger><level>none</level><console>1</console></logger><http_port>%d</http_port><listen_host>127.0.0.1</listen_host>
<path>%[2]s/</path><tmp_path>%[2]s/tmp/</tmp_path><users_config>users.xml</users_config><mark_cache_size>5368709</mark_cache_size>
<default_profile>default</default_profile><default_database>default</default_database></yandex>`, port, dir)
	users := `<yandex><profiles><default/></profiles><quotas><default/></quotas><users><default><password>secret-9</password>
<networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users></yandex>`
	for name, text := range map[string]string{"config.xml": config, "users.xml": users} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	server := exec.Command(path, "--config-file="+filepath.Join(dir, "config.xml"))
	server.Dir = dir
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Signal(syscall.SIGKILL)
		server.Wait()
		http.DefaultClient.CloseIdleConnections()
	})
	to := &url.URL{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", port), Path: "/", User: url.UserPassword("default", "secret-9")}
	wait(t, "ClickHouse", func() bool {
		c := ClickHouse("", to, 0)
		defer c.Close()
		_, err := c.Position(t.Context(), "none")
		return err == nil
	})
	return to
}

// receiver is a server that takes a webhook's posts, and fails as it is told.
type receiver struct {
	mu     sync.Mutex
	rows   map[string][]byte // by trail and number
	keys   map[string]int
	order  [][]byte
	refuse int // so many times
	most   int // bytes of a post; 0: any number
	lose   int // takes it, and cuts the connection: so many times
	bad    error
}

func (h *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.refuse > 0 {
		h.refuse--
		http.Error(w, "later", http.StatusServiceUnavailable)
		return
	}
	if h.most > 0 && len(body) > h.most {
		http.Error(w, "too long", http.StatusRequestEntityTooLarge)
		return
	}
	stamp := r.Header.Get("X-Asbru-Timestamp")
	if r.Header.Get("X-Asbru-Signature") != "v1="+SignatureOf([]byte("hush"), stamp, body) || r.Header.Get("Authorization") != "Bearer t" {
		h.bad = errors.New("a request that is not signed")
	}
	h.keys[r.Header.Get("Idempotency-Key")]++
	for _, line := range bytes.Split(bytes.TrimSpace(body), []byte("\n")) {
		head, err := audit.NewLines().Read(line)
		if err != nil {
			h.bad = err
		}
		id := fmt.Sprint(r.Header.Get("X-Asbru-Trail"), head.Seq)
		if old, ok := h.rows[id]; !ok {
			h.rows[id] = line
			h.order = append(h.order, line)
		} else if !bytes.Equal(old, line) {
			h.bad = errors.New("a number came again with another record")
		}
	}
	if h.lose > 0 {
		h.lose--
		panic(http.ErrAbortHandler)
	}
}

func TestWebhook(t *testing.T) {
	h := &receiver{rows: map[string][]byte{}, keys: map[string]int{}, refuse: 2, lose: 2}
	h.prove(t)
	if h.refuse != 0 || h.lose != 0 {
		t.Errorf("%d refusals and %d lost answers were not met", h.refuse, h.lose)
	}
}

// TestWebhookThatTakesLittle: a server refuses a long post however often it comes, so it comes in pieces.
func TestWebhookThatTakesLittle(t *testing.T) {
	h := &receiver{rows: map[string][]byte{}, keys: map[string]int{}, most: 5 << 10, lose: 2}
	h.prove(t)
}

// prove proves a webhook that posts to h.
func (h *receiver) prove(t *testing.T) {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	dir := t.TempDir()
	prove(t, func() Sink {
		return Webhook("siem", server.URL, []byte("hush"), http.Header{"Authorization": {"Bearer t"}}, dir)
	}, func(string) [][]byte {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.order
	})
	if h.bad != nil {
		t.Error(h.bad)
	}
}

func TestNoErrorOfASinkHoldsItsAddress(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	to := server.URL + "/?password=canary-1"
	rows := []Row{{Head: audit.Head{Seq: 1}, Line: []byte("{}")}}
	u, _ := url.Parse(strings.Replace(to, "http://", "http://user:canary-2@", 1))
	sinks := []Sink{
		Webhook("w", to, nil, http.Header{"X-Key": {"canary-3"}}, t.TempDir()),
		ClickHouse("c", u, 0),
		Postgres("p", &url.URL{Scheme: "postgres", User: url.UserPassword("user", "canary-4"), Host: "127.0.0.1:1", Path: "/x", RawQuery: "sslmode=disable"}, 0),
		Postgres("q", &url.URL{Scheme: "postgres", User: url.UserPassword("user", "canary-5"), Host: "127.0.0.1:1", RawQuery: "sslmode=odd"}, 0),
		Webhook("x", "http://canary-6\x00", nil, nil, t.TempDir()),
	}
	for _, s := range sinks {
		_, err := s.Position(t.Context(), "00")
		if err == nil {
			err = s.Store(t.Context(), "00", rows)
		}
		if err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", s.Name(), err)
		}
	}
	server.Close()
	for _, s := range sinks[:2] {
		if err := s.Store(t.Context(), "00", rows); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", s.Name(), err)
		}
		s.Close()
	}
}
