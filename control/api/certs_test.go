package api

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pair makes a self-signed certificate with a serial number, and its key.
func pair(t *testing.T, serial int64, until time.Time) (cert, key []byte) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	x := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "asbru.test"}, DNSNames: []string{"asbru.test"},
		NotBefore: until.Add(-24 * time.Hour), NotAfter: until, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, x, x, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}

func write(t *testing.T, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func openCerts(t *testing.T) *Certs {
	t.Helper()
	return openLogged(t, nil)
}

// openLogged opens certificate 1 in a new directory.
func openLogged(t *testing.T, log *slog.Logger) *Certs {
	t.Helper()
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
	a, b := pair(t, 1, time.Now().Add(time.Hour))
	write(t, cert, a)
	write(t, key, b)
	c, err := OpenCerts(cert, key, log)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func serial(t *testing.T, c *Certs) int64 {
	t.Helper()
	p, err := c.GetCertificate(nil)
	if err != nil {
		t.Fatal(err)
	}
	return p.Leaf.SerialNumber.Int64()
}

func TestCertsFollowTheFiles(t *testing.T) {
	var log strings.Builder
	c := openLogged(t, slog.New(slog.NewTextHandler(&log, nil)))
	// change writes both files and looks; a nil part is left as it is.
	change := func(what string, cert, key []byte, want int64) {
		t.Helper()
		if cert != nil {
			write(t, c.cert, cert)
		}
		if key != nil {
			write(t, c.key, key)
		}
		c.look()
		if got := serial(t, c); got != want {
			t.Errorf("%s: certificate %d, want %d", what, got, want)
		}
	}
	change("nothing changed", nil, nil, 1)
	a, b := pair(t, 2, time.Now().Add(time.Hour))
	change("certificate before its key", a, nil, 1)
	change("then the key", nil, b, 2)
	change("rubbish", []byte("rubbish"), nil, 2)
	change("empty", []byte{}, nil, 2)
	change("too large", make([]byte, maxPEM+1), nil, 2)
	old, k := pair(t, 3, time.Now().Add(-time.Hour))
	change("expired", old, k, 2)
	a, b = pair(t, 4, time.Now().Add(time.Hour))
	change("good again", a, b, 4)
	if n := strings.Count(log.String(), "level=WARN"); n != 5 {
		t.Errorf("%d warnings, want 5:\n%s", n, log.String())
	}
	if strings.Contains(log.String(), "PRIVATE") {
		t.Error("a key is in the log")
	}
}

func TestCertsReportABadPairOnce(t *testing.T) {
	var log strings.Builder
	c := openLogged(t, slog.New(slog.NewTextHandler(&log, nil)))
	later := time.Now()
	for range 3 {
		write(t, c.cert, []byte("rubbish"))
		later = later.Add(time.Minute)
		if err := os.Chtimes(c.cert, later, later); err != nil {
			t.Fatal(err)
		}
		c.look()
	}
	if n := strings.Count(log.String(), "level=WARN"); n != 1 {
		t.Errorf("%d warnings, want 1:\n%s", n, log.String())
	}
}

// A mounted secret changes by a symbolic link that leads elsewhere, and may
// vanish for a moment.
func TestCertsFollowLinksAndReturn(t *testing.T) {
	dir := t.TempDir()
	until := time.Now().Add(time.Hour)
	for i, name := range []string{"one", "two"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		a, b := pair(t, int64(i+1), until)
		write(t, filepath.Join(dir, name, "crt"), a)
		write(t, filepath.Join(dir, name, "key"), b)
	}
	link := filepath.Join(dir, "now")
	lead := func(to string) {
		t.Helper()
		os.Remove(link)
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
	lead("one")
	c, err := OpenCerts(filepath.Join(link, "crt"), filepath.Join(link, "key"), nil)
	if err != nil {
		t.Fatal(err)
	}
	lead("nowhere")
	c.look()
	lead("two")
	c.look()
	if got := serial(t, c); got != 2 {
		t.Errorf("certificate %d, want 2", got)
	}
	lead("nowhere")
	c.look()
	lead("two")
	c.look()
	if c.sum == unread || serial(t, c) != 2 {
		t.Error("the pair that came back was not read")
	}
}

func TestCertsNewConnectionsGetTheNewOne(t *testing.T) {
	c := openCerts(t)
	addr := serve(t, New(options(false)), Serving{TLS: c.ServerConfig(0, false)})
	f := func(want int64) {
		t.Helper()
		conn, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if got := conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64(); got != want {
			t.Errorf("certificate %d, want %d", got, want)
		}
	}
	f(1)
	a, b := pair(t, 2, time.Now().Add(time.Hour))
	write(t, c.cert, a)
	write(t, c.key, b)
	c.look()
	f(2)
}

func TestServerConfigRefusesOldTLS(t *testing.T) {
	c := openCerts(t)
	f := func(min, version uint16, suite uint16, want bool) {
		t.Helper()
		addr := serve(t, New(options(false)), Serving{TLS: c.ServerConfig(min, false)})
		conf := &tls.Config{InsecureSkipVerify: true, MinVersion: version, MaxVersion: version}
		if suite != 0 {
			conf.CipherSuites = []uint16{suite}
		}
		conn, err := tls.Dial("tcp", addr, conf)
		if err == nil {
			conn.Close()
		}
		if got := err == nil; got != want {
			t.Errorf("min %x, version %x, suite %x: connected %v (%v), want %v", min, version, suite, got, err, want)
		}
	}
	f(0, tls.VersionTLS11, 0, false)
	f(tls.VersionTLS10, tls.VersionTLS11, 0, false)
	f(0, tls.VersionTLS12, 0, true)
	f(0, tls.VersionTLS13, 0, true)
	f(tls.VersionTLS13, tls.VersionTLS12, 0, false)
	f(0, tls.VersionTLS12, tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, true)
	f(0, tls.VersionTLS12, tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, false)
}

func TestOpenCertsNamesTheFile(t *testing.T) {
	c := openCerts(t)
	f := func(cert, key, want string) {
		t.Helper()
		_, err := OpenCerts(cert, key, nil)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error %v, want %s…", err, want)
		}
	}
	f("nowhere", c.key, "cannot read certificate: open nowhere")
	f(c.cert, "nowhere", "cannot read key of certificate ")
	f(c.cert, c.cert, "cannot use certificate ")
}

func TestWatchEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	c := openCerts(t)
	go func() { c.Watch(ctx); close(done) }()
	cancel()
	<-done
}
