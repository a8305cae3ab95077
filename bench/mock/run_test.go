package mock

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestHelp(t *testing.T) {
	var out, errs bytes.Buffer
	if code := run(context.Background(), []string{"--help"}, &out, &errs); code != 0 || errs.Len() > 0 {
		t.Fatalf("code %d, %q", code, errs.String())
	}
	for _, w := range words {
		if !strings.Contains(out.String(), "  mock-"+w.name) {
			t.Errorf("the help does not mention mock-%s", w.name)
		}
	}
	for line := range strings.SplitSeq(out.String(), "\n") {
		if len(line) > 120 {
			t.Errorf("a line of %d characters: %q", len(line), line)
		}
	}
}

func TestCommandLineMistakes(t *testing.T) {
	f := func(want string, code int, args ...string) {
		t.Helper()
		var out, errs bytes.Buffer
		if got := run(context.Background(), args, &out, &errs); got != code || !strings.Contains(errs.String(), want) {
			t.Errorf("%q: code %d, %q; want %d and %q", args, got, errs.String(), code, want)
		}
	}
	f("--help", 2, "--nonsense")
	f("unexpected argument", 2, "now")
	f("together", 2, "--tls-cert", "x")
	f("error rate 2", 2, "--error-rate", "2")
	f("cannot listen on", 1, "--listen", "127.0.0.1:none")
	f("cannot load the certificate", 1, "--listen", "127.0.0.1:0", "--tls-cert", "/nowhere", "--tls-key", "/nowhere")
}

func TestRun(t *testing.T) {
	log := filepath.Join(t.TempDir(), "requests.jsonl")
	ctx, cancel := context.WithCancel(context.Background())
	out := &sink{}
	code := make(chan int, 1)
	go func() {
		code <- run(ctx, []string{"--listen", "127.0.0.1:0", "--tls", "--requests-log", log, "--fault", "tokens-2"}, out, out)
	}()
	url := ""
	for i := 0; url == "" && i < 500; i++ {
		time.Sleep(10 * time.Millisecond)
		url = regexp.MustCompile(`https://[\d.:]+`).FindString(strings.Join(out.lines(), "\n"))
	}
	_, ca, _ := strings.Cut(out.lines()[0], "): ")
	pem, err := os.ReadFile(ca)
	if err != nil {
		t.Fatalf("no CA file in %q: %v", out.lines(), err)
	}
	client := trusting(poolOf(t, pem))
	resp, err := client.Get(url + "/v1/models")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	equal(t, "status", resp.StatusCode, http.StatusOK)
	client.CloseIdleConnections()
	cancel()
	equal(t, "code", <-code, 0)
	if _, err := os.Stat(ca); !os.IsNotExist(err) {
		t.Errorf("the CA file is still there: %v", err)
	}
	if b, err := os.ReadFile(log); err != nil || !strings.Contains(string(b), `"target":"/v1/models"`) {
		t.Errorf("the requests log has %q, %v", b, err)
	}
}
