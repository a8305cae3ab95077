package api

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync/atomic"
	"time"
)

// Certs is a certificate and its key in two PEM files, which are read again when they
// change. Existing connections keep theirs. It may be used concurrently.
type Certs struct {
	cert, key string
	log       *slog.Logger
	now       atomic.Pointer[tls.Certificate]

	// The fields below belong to Watch.
	seen [2]os.FileInfo
	sum  [32]byte // of what was read last, valid or not
}

// unread is the sum when a file could not be read. Reading is then tried again every
// time: permissions change without a trace in size and time.
var unread [32]byte

// OpenCerts reads both files; log may be nil. Start `go c.Watch(ctx)` to follow
// their changes.
func OpenCerts(cert, key string, log *slog.Logger) (*Certs, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	c := &Certs{cert: cert, key: key, log: log}
	c.seen = c.stat()
	pair, sum, err := c.read()
	if err != nil {
		return nil, err
	}
	c.sum = sum
	c.now.Store(pair)
	if pair.Leaf.NotAfter.Before(time.Now()) { // refusing it would cause an outage of our own
		log.Warn("certificate has expired", "cert", cert, "expired", pair.Leaf.NotAfter)
	}
	return c, nil
}

// GetCertificate implements the field of tls.Config.
func (c *Certs) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return c.now.Load(), nil
}

// Watch checks the files every two seconds until ctx ends. A pair that cannot
// be used is reported once and changes nothing.
func (c *Certs) Watch(ctx context.Context) {
	t := time.NewTicker(pollEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			c.look()
		}
	}
}

// look loads a new pair if the files, and then their contents, have changed. The files'
// metadata is read first, so that a change during the read is noticed the
// next time.
func (c *Certs) look() {
	is := c.stat()
	if c.sum != unread && same(c.seen[0], is[0]) && same(c.seen[1], is[1]) {
		return
	}
	c.seen = is
	pair, sum, err := c.read()
	switch {
	case sum == c.sum:
		return // touched, or reported already
	case err != nil:
		c.log.Warn("certificate not taken, the old one stays", "err", err)
	case pair.Leaf.NotAfter.Before(time.Now()) && pair.Leaf.NotAfter.Before(c.now.Load().Leaf.NotAfter):
		c.log.Warn("certificate not taken, the old one stays", "cert", c.cert, "expired", pair.Leaf.NotAfter)
	default:
		c.now.Store(pair)
		c.log.Info("certificate taken", "cert", c.cert, "expires", pair.Leaf.NotAfter)
	}
	c.sum = sum
}

// stat follows symbolic links, which is how mounted secrets change. A missing file
// is nil.
func (c *Certs) stat() (is [2]os.FileInfo) {
	for i, name := range []string{c.cert, c.key} {
		if fi, err := os.Stat(name); err == nil {
			is[i] = fi
		}
	}
	return is
}

func same(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime()) && os.SameFile(a, b)
}

// read returns the pair and the sum of both files, unread if one of them
// cannot be read.
func (c *Certs) read() (pair *tls.Certificate, sum [32]byte, err error) {
	cert, err := slurp(c.cert)
	if err != nil {
		return nil, sum, fmt.Errorf("cannot read certificate: %w", err)
	}
	key, err := slurp(c.key)
	if err != nil {
		return nil, sum, fmt.Errorf("cannot read key of certificate %q: %w", c.cert, err)
	}
	a, b := sha256.Sum256(cert), sha256.Sum256(key)
	sum = sha256.Sum256(append(a[:], b[:]...))
	p, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, sum, fmt.Errorf("cannot use certificate %q with key %q: %w", c.cert, c.key, err)
	}
	return &p, sum, nil
}

var errLarge = errors.New("is larger than 1 MiB")

func slurp(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxPEM+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxPEM {
		return nil, fmt.Errorf("%q %w", name, errLarge)
	}
	return b, nil
}

// ServerConfig is for a listener with this certificate: no protocol below min
// (and never below TLS 1.2, the meaning of 0), only authenticated encryption with
// forward secrecy, HTTP/1 and, if h2, HTTP/2 offered by ALPN.
func (c *Certs) ServerConfig(min uint16, h2 bool) *tls.Config {
	protos := []string{"http/1.1", "http/1.0"}
	if h2 {
		protos = append([]string{"h2"}, protos...)
	}
	return &tls.Config{
		MinVersion:     max(min, tls.VersionTLS12),
		GetCertificate: c.GetCertificate,
		NextProtos:     protos,
		CipherSuites: []uint16{ // of TLS 1.2; all those of 1.3 qualify
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
			tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
	}
}
