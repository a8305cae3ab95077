package trail

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// store is a stand-in for S3 with Object Lock: it checks what S3 checks.
type store struct {
	mu      sync.Mutex
	objects map[string][]byte
	until   map[string]time.Time
	bad     []string
	lose    int // takes an object, and cuts the connection: so many times
	again   int // objects that were put twice
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if why := s.wrong(r, body); why != "" {
		s.bad = append(s.bad, why)
		http.Error(w, "<Error><Code>"+why+"</Code></Error>", http.StatusForbidden)
		return
	}
	if old, ok := s.objects[r.URL.Path]; ok {
		if s.again++; !bytes.Equal(old, body) {
			s.bad = append(s.bad, "another object of the same name")
		}
	}
	s.objects[r.URL.Path] = body
	s.until[r.URL.Path], _ = time.Parse(time.RFC3339, r.Header.Get("X-Amz-Object-Lock-Retain-Until-Date"))
	if s.lose > 0 {
		s.lose--
		panic(http.ErrAbortHandler)
	}
}

// wrong computes the signature anew, from the request alone.
func (s *store) wrong(r *http.Request, body []byte) string {
	sum := sha256.Sum256(body)
	switch {
	case r.Method != http.MethodPut:
		return "MethodNotAllowed"
	case r.Header.Get("X-Amz-Content-Sha256") != hex.EncodeToString(sum[:]):
		return "XAmzContentSHA256Mismatch"
	case r.Header.Get("X-Amz-Checksum-Sha256") != base64.StdEncoding.EncodeToString(sum[:]):
		return "BadDigest"
	case r.Header.Get("X-Amz-Object-Lock-Mode") != "COMPLIANCE" || r.Header.Get("X-Amz-Object-Lock-Retain-Until-Date") == "":
		return "InvalidRequest: no lock"
	}
	auth := r.Header.Get("Authorization")
	_, rest, _ := strings.Cut(auth, "SignedHeaders=")
	listed, signature, _ := strings.Cut(rest, ", Signature=")
	for name := range r.Header {
		if n := strings.ToLower(name); strings.HasPrefix(n, "x-amz-") && !slices.Contains(strings.Split(listed, ";"), n) {
			return "AccessDenied: " + n + " is not signed"
		}
	}
	canonical := "PUT\n" + r.URL.EscapedPath() + "\n\n"
	for n := range strings.SplitSeq(listed, ";") {
		v := r.Header.Get(n)
		if n == "host" {
			v = r.Host
		}
		canonical += n + ":" + v + "\n"
	}
	request := sha256.Sum256([]byte(canonical + "\n" + listed + "\n" + hex.EncodeToString(sum[:])))
	day := r.Header.Get("X-Amz-Date")[:8]
	scope := day + "/eu-1/s3/aws4_request"
	key := mac(mac(mac(mac([]byte("AWS4hush"), day), "eu-1"), "s3"), "aws4_request")
	want := hex.EncodeToString(mac(key, "AWS4-HMAC-SHA256\n"+r.Header.Get("X-Amz-Date")+"\n"+scope+"\n"+hex.EncodeToString(request[:])))
	if signature != want || !strings.Contains(auth, "Credential=AKID/"+scope+",") {
		return "SignatureDoesNotMatch"
	}
	return ""
}

func TestObjects(t *testing.T) {
	s := &store{objects: map[string][]byte{}, until: map[string]time.Time{}, lose: 2}
	server := httptest.NewServer(s)
	defer server.Close()
	to, _ := url.Parse(server.URL)
	dir := t.TempDir()
	bucket := Bucket{Endpoint: to, Region: "eu-1", Name: "audit", Prefix: "prod (1)/", ID: "AKID", Secret: "hush", Mode: "COMPLIANCE", Lock: 365 * 24 * time.Hour}
	var last *objects
	prove(t, func() Sink {
		last = Objects("archive", bucket, dir).(*objects)
		return soon{last}
	}, func(trail string) (all [][]byte) {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, name := range slices.Sorted(maps.Keys(s.objects)) {
			if !strings.HasPrefix(name, "/audit/prod (1)/"+trail+"/") {
				t.Errorf("an object is named %q", name)
			}
			if d := time.Until(s.until[name]); d < 364*24*time.Hour || d > 366*24*time.Hour {
				t.Errorf("%s is locked for %v", name, d)
			}
			all = append(all, bytes.Split(bytes.TrimSpace(s.objects[name]), []byte("\n"))...)
		}
		return all
	})
	if len(s.bad) > 0 {
		t.Error(s.bad)
	}
	if s.again == 0 || s.lose > 0 {
		t.Errorf("%d objects came again after %d lost answers", s.again, 2-s.lose)
	}
}

// soon is an objects that waits for nothing but a checkpoint.
type soon struct{ *objects }

func (s soon) Batch() Batch {
	b := s.objects.Batch()
	b.Wait = 0
	return b
}

func TestPathsAreEncodedOnce(t *testing.T) {
	if got, want := canonicalPath("/test$file.text"), "/test%24file.text"; got != want {
		t.Errorf("the path is %s, not %s", got, want)
	}
	if got, want := canonicalPath("/a b/ü~"), "/a%20b/%C3%BC~"; got != want {
		t.Errorf("the path is %s, not %s", got, want)
	}
}
