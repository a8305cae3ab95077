package api

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// status sends one request with the path as it is and returns the status of the
// answer, 0 for none.
func status(t *testing.T, addr, path string) int {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: gateway.example\r\nConnection: close\r\n\r\n", path)
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return 0
	}
	r.Body.Close()
	return r.StatusCode
}

// refused checks that a path that means mischief is refused on both listeners.
func refused(t *testing.T, paths []string) {
	t.Helper()
	for _, admin := range []bool{true, false} {
		addr := serve(t, New(options(admin)), Serving{})
		for _, p := range paths {
			switch got := status(t, addr, p); got {
			case 400, 401, 403, 404:
			default:
				t.Errorf("admin %v: %q is answered %d", admin, p, got)
			}
		}
	}
}

func TestCrookedPaths(t *testing.T) {
	var all []string
	for _, p := range []string{"/metrics", "/api/status", "/debug/pprof/heap", "/version"} {
		base := p[1:]
		all = append(all, p, p+"/", p+"/.", p+"//", "/"+p, "/."+p, "/health/live/.."+p, "/health/live/../.."+p,
			"/health/live/%2e%2e"+p, "/health/live%2f.."+p, "/health/live/..;"+p, "/health/live;"+p, p+";x=.css",
			p+"%00", p+"%00.css", p+"%20", p+"%09", p+".", p+"..", strings.ToUpper(p), "/%"+fmt.Sprintf("%02x", base[0])+base[1:],
			strings.ReplaceAll(p, "/", "%2f"), strings.ReplaceAll(p, "/", "%5c"), strings.ReplaceAll(p, "/", `\`),
			"/%c0%ae%c0%ae"+p, "/%u006d"+base, p+"#/health/live", p+"%23/health/live", "/health/live%3f"+p,
			"http://localhost"+p, "http://127.0.0.1"+p, p+"?x=/health/live", p+"\u202e", "/\uff0f"+base, p+"%ef%bc%8f", "*"+p)
	}
	refused(t, all)
}

func TestSharedPaths(t *testing.T) {
	b, err := os.ReadFile("../../../shared/data/protocol/url/paths.jsonl")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the shared protocol data is not beside this repository; TestCrookedPaths covers each class of it")
	}
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		var row struct{ Path string }
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, row.Path, latin1(row.Path))
	}
	if len(paths) < 20 {
		t.Fatalf("%d paths; the file has more", len(paths))
	}
	refused(t, paths)
}

// latin1 reads each character of s as one byte, as the file may mean it.
func latin1(s string) string {
	var b []byte
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}
