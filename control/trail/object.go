package trail

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A Bucket is a destination of objects: any server with the S3 API.
type Bucket struct {
	Endpoint *url.URL // scheme and host; the bucket's name becomes the first part of the path
	Region   string
	Name     string
	Prefix   string // of object names; empty: none

	ID, Secret string        // of the access key; both empty: requests are not signed
	Mode       string        // of Object Lock: COMPLIANCE or GOVERNANCE; empty: objects are not locked
	Lock       time.Duration // how long objects are locked
}

// An objects is a sink that is a bucket. Each object holds the lines between two or more
// checkpoints, ends with one, and is named by the trail and the numbers of its first and last line. The next
// object is recorded in a file before it is sent, so that a repetition after a crash sends the same object.
type objects struct {
	name   string
	bucket Bucket
	place  place
	http   *http.Client
	now    func() time.Time
	plan   uint64 // the last line of the object that a crash left in doubt; 0: none
}

// Objects returns the sink that writes objects to a bucket; dir is where its position is kept.
func Objects(name string, b Bucket, dir string) Sink {
	return &objects{name: name, bucket: b, place: place{dir: dir, sink: name}, http: newClient(), now: time.Now}
}

func (s *objects) Name() string { return s.name }

func (s *objects) Batch() Batch {
	return Batch{Rows: 1 << 16, Bytes: objectBytes, Wait: objectWait, Signed: true}
}

func (s *objects) Position(_ context.Context, trail string) (uint64, error) {
	p, err := s.place.load(trail)
	s.plan = p.plan
	return p.done, err
}

func (s *objects) Store(ctx context.Context, trail string, rows []Row) error {
	if s.plan >= rows[0].Seq && s.plan < rows[len(rows)-1].Seq { // first repeat the object that may exist already
		n := int(s.plan - rows[0].Seq + 1)
		if err := s.Store(ctx, trail, rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	first, last := rows[0].Seq, rows[len(rows)-1].Seq
	if err := s.place.save(trail, progress{done: first - 1, plan: last}); err != nil {
		return err
	}
	s.plan = last
	name := fmt.Sprintf("%s%s/%020d-%020d.jsonl", s.bucket.Prefix, trail, first, last)
	if err := s.put(ctx, name, lines(rows)); err != nil {
		return fmt.Errorf("cannot put an object into %s: %w", s.name, err)
	}
	s.plan = 0
	return s.place.save(trail, progress{done: last})
}

// put stores one object, locked. A locked object requires a checksum of the body.
func (s *objects) put(ctx context.Context, name string, body []byte) error {
	b, now := &s.bucket, s.now().UTC()
	to := *b.Endpoint
	to.Path = strings.TrimSuffix(to.Path, "/") + "/" + b.Name + "/" + name
	to.RawPath = canonicalPath(to.Path)
	sum := sha256.Sum256(body)
	head := http.Header{
		"Content-Type":          {"application/x-ndjson"},
		"X-Amz-Content-Sha256":  {hex.EncodeToString(sum[:])},
		"X-Amz-Checksum-Sha256": {base64.StdEncoding.EncodeToString(sum[:])},
		"X-Amz-Date":            {now.Format(amzTime)},
	}
	if b.Mode != "" {
		head.Set("X-Amz-Object-Lock-Mode", b.Mode)
		head.Set("X-Amz-Object-Lock-Retain-Until-Date", now.Add(b.Lock).Format(time.RFC3339))
	}
	if b.ID != "" {
		signS3(head, http.MethodPut, &to, b, now)
	}
	_, err := send(ctx, s.http, message{http.MethodPut, to.String(), head, body})
	var r *refused
	if errors.As(err, &r) {
		err = fmt.Errorf("%w%s", err, errorCode(r.said))
	}
	return err
}

// errorCode returns S3's code for an error; empty: there is none.
func errorCode(said string) string {
	_, rest, _ := strings.Cut(said, "<Code>")
	code, _, ok := strings.Cut(rest, "</Code>")
	if !ok || len(code) > 64 || strings.ContainsFunc(code, func(r rune) bool { return r < 'A' || r > 'z' || r > 'Z' && r < 'a' }) {
		return ""
	}
	return ": " + code
}

func (s *objects) Expire(context.Context, string, time.Time) error { return nil }

func (s *objects) Close() error {
	s.http.CloseIdleConnections()
	return nil
}

const amzTime = "20060102T150405Z"

// signS3 adds the Authorization of Signature Version 4 for S3, which wants every x-amz header signed
// and paths encoded once, unlike all other services (adapters/sigv4).
//
// Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
func signS3(head http.Header, method string, to *url.URL, b *Bucket, now time.Time) {
	names := []string{"content-type", "host", "x-amz-checksum-sha256", "x-amz-content-sha256", "x-amz-date",
		"x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date"}
	if b.Mode == "" {
		names = names[:5]
	}
	canonical := method + "\n" + canonicalPath(to.Path) + "\n\n"
	for _, n := range names {
		v := head.Get(n)
		if n == "host" {
			v = to.Host
		}
		canonical += n + ":" + v + "\n"
	}
	listed := strings.Join(names, ";")
	canonical += "\n" + listed + "\n" + head.Get("x-amz-content-sha256")
	request := sha256.Sum256([]byte(canonical))
	day := now.Format("20060102")
	scope := day + "/" + b.Region + "/s3/aws4_request"
	key := []byte("AWS4" + b.Secret)
	for _, part := range [...]string{day, b.Region, "s3", "aws4_request"} {
		key = mac(key, part)
	}
	text := "AWS4-HMAC-SHA256\n" + now.Format(amzTime) + "\n" + scope + "\n" + hex.EncodeToString(request[:])
	head.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+b.ID+"/"+scope+", SignedHeaders="+listed+", Signature="+hex.EncodeToString(mac(key, text)))
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// canonicalPath encodes everything but slashes and the unreserved characters of RFC 3986.
func canonicalPath(path string) string {
	var b strings.Builder
	for i := range len(path) {
		c := path[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.~/", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
