// Package sigv4 signs requests to AWS with Signature Version 4.
//
// It appends header lines to an otherwise complete request, and signs exactly those, the
// host and the content type. It finds no credentials, refreshes none and does no I/O. It
// does not support presigned URLs, chunks, and S3, whose paths are encoded only once.
//
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
package sigv4

import (
	"crypto/sha256"
	"sync/atomic"
	"time"

	"asbru/core"
)

const (
	algorithm = "AWS4-HMAC-SHA256"
	ending    = "aws4_request"
	dayForm   = "20060102"
	timeForm  = "20060102T150405Z"
)

// A Credential is an access key of AWS.
type Credential struct {
	ID      string // the access key id, which is no secret
	Secret  Secret
	Session Secret // of temporary credentials; empty: none
}

// A Key is a Credential prepared to sign for one service in one region on one day, which
// saves half of the work for each request. It is immutable.
type Key struct {
	cred    Credential
	service string
	region  string
	day     [len(dayForm)]byte
	derived [sha256.Size]byte
	bare    bool // x-amz-content-sha256 is left out, as in AWS's examples
}

// Derive makes the Key of cred for the day, in UTC, of now.
func Derive(cred Credential, service, region string, now time.Time) *Key {
	k := &Key{cred: cred, service: service, region: region}
	now.UTC().AppendFormat(k.day[:0], dayForm)
	first := append([]byte("AWS4"), cred.Secret...)
	sum := mac(first, k.day[:])
	sum = mac(sum[:], []byte(region))
	sum = mac(sum[:], []byte(service))
	k.derived = mac(sum[:], []byte(ending))
	return k
}

// For reports whether k equals the result of Derive for the same region and service.
func (k *Key) For(cred Credential, now time.Time) bool {
	var day [len(dayForm)]byte
	now.UTC().AppendFormat(day[:0], dayForm)
	return k.day == day && k.cred == cred
}

// Append appends the header lines that sign o at now, which must be k's day: each
// ended by CRLF. The server accepts them for five minutes.
func (k *Key) Append(dst []byte, o *core.Outgoing, now time.Time) []byte {
	s := signing{Key: k, o: o, body: sha256.Sum256(o.Body)}
	now.UTC().AppendFormat(s.stamp[:0], timeForm)
	dst, signature := s.sign(dst)
	dst = append(append(append(dst, "x-amz-date: "...), s.stamp[:]...), "\r\n"...)
	if k.cred.Session != "" {
		dst = append(append(append(dst, "x-amz-security-token: "...), k.cred.Session...), "\r\n"...)
	}
	if !k.bare {
		dst = append(hexed(append(dst, "x-amz-content-sha256: "...), s.body[:]), "\r\n"...)
	}
	dst = append(append(dst, "Authorization: "+algorithm+" Credential="...), k.cred.ID...)
	dst = append(k.scope(append(dst, '/')), ", SignedHeaders="...)
	dst = append(s.names(dst), ", Signature="...)
	return append(hexed(dst, signature[:]), "\r\n"...)
}

// A Signer signs for one service in one region and keeps the Key of the day. Many
// goroutines may use it.
type Signer struct {
	service, region string
	last            atomic.Pointer[Key]
}

// NewSigner returns a Signer for a service, such as "bedrock", in a region.
func NewSigner(service, region string) *Signer { return &Signer{service: service, region: region} }

// Append appends the header lines that sign o with cred at now.
func (s *Signer) Append(dst []byte, o *core.Outgoing, cred Credential, now time.Time) []byte {
	k := s.last.Load()
	if k == nil || !k.For(cred, now) {
		k = Derive(cred, s.service, s.region, now)
		s.last.Store(k)
	}
	return k.Append(dst, o, now)
}

// scope appends the credential scope.
func (k *Key) scope(dst []byte) []byte {
	dst = append(append(dst, k.day[:]...), '/')
	dst = append(append(dst, k.region...), '/')
	return append(append(dst, k.service...), "/"+ending...)
}
