package e2e

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"asbru/bench/mock"
)

// certificate writes a self-signed pair for loopback into dir and returns a pool that trusts it.
func certificate(t *testing.T, dir string, serial int64) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	x := &x509.Certificate{SerialNumber: big.NewInt(serial), IPAddresses: []net.IP{{127, 0, 0, 1}},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, x, x, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	pair := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	write(t, filepath.Join(dir, "tls.crt"), string(pair))
	write(t, filepath.Join(dir, "tls.key"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})))
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pair)
	return &tls.Config{RootCAs: roots}
}

func TestTLS(t *testing.T) {
	base, dir := standIn(t, mock.Options{}), t.TempDir()
	trust := certificate(t, dir, 1)
	g := serve(t, local(base)+"tls: {cert: "+dir+"/tls.crt, key: \"file:"+dir+"/tls.key\"}\n")
	asbru(t, 0, nil, "check", g.file)
	swapped := filepath.Join(dir, "swapped.yaml")
	write(t, swapped, local(base)+"tls: {cert: "+dir+"/tls.key, key: \"file:"+dir+"/tls.key\"}\n")
	if _, told := asbru(t, 1, nil, "check", swapped); !strings.Contains(told, "tls.cert: cannot use certificate") {
		t.Errorf("a certificate that is a key: %s", told)
	}
	url := "https://" + g.addr + "/v1/chat/completions"
	want := ask(t, "POST", base+"/chat/completions", chatBody("mock-id-7", ""))
	old := &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: trust, DisableKeepAlives: true}}
	for name, c := range map[string]*http.Client{"HTTP/1.1": old, "HTTP/2": h2(trust)} {
		a, err := try(c, "POST", url, chatBody("fast", ""))
		if err != nil || a.body != want.body {
			t.Errorf("%s: %v, %s", name, err, a.body)
		}
		a, err = try(c, "POST", url, chatBody("fast", `,"stream":true`))
		if err != nil || !strings.HasSuffix(a.body, "data: [DONE]\n\n") {
			t.Errorf("%s, a stream: %v, %s", name, err, a.body)
		}
		c.CloseIdleConnections()
	}
	if a, err := try(client(), "GET", g.url("/v1/models"), ""); err != nil || a.status != 400 || !strings.Contains(a.body, "https://") {
		t.Errorf("plain HTTP on a TLS listener: %v, %d %s", err, a.status, a.body)
	}
	for _, name := range []string{"http/1.0", "http/1.1", "h2"} {
		c, err := tls.Dial("tcp", g.addr, &tls.Config{RootCAs: trust.RootCAs, NextProtos: []string{name}})
		if err != nil || c.ConnectionState().NegotiatedProtocol != name {
			t.Errorf("%s is not agreed to: %v", name, err)
			continue
		}
		c.Close()
	}
	next := certificate(t, dir, 2) // noticed within seconds, without a signal
	await(t, "the new certificate", func() bool {
		c := &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: next, DisableKeepAlives: true}}
		a, err := try(c, "GET", "https://"+g.addr+"/v1/models", "")
		return err == nil && a.status == 200
	}, g.stderr.String)
	g.signal(syscall.SIGTERM)
	g.ends(0)
}

// A provider with TLS and a certificate of the operator's own authority.
func TestTLSUpstream(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	conf, ca, err := mock.SelfSigned(l.Addr())
	l.Close()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "ca.pem")
	write(t, file, string(ca))
	base := strings.Replace(standIn(t, mock.Options{TLS: conf}), "http://", "https://", 1)
	config := strings.Replace(local(base), "allow_private_network: true", "allow_private_network: true, ca: "+file, 1)
	lanes(t, config, func(t *testing.T, g *gateway) {
		for range 3 {
			if a := chat(t, g, "fast", ""); a.status != 200 {
				t.Errorf("%d %s", a.status, a.body)
			}
		}
		if a := chat(t, g, "fast", `,"stream":true`); !strings.HasSuffix(a.body, "data: [DONE]\n\n") {
			t.Errorf("a stream: %d %s", a.status, a.body)
		}
	})
	untrusted := serve(t, local(base))
	if a := chat(t, untrusted, "fast", ""); a.status != 502 || bytes.Contains([]byte(a.body), []byte("x509")) {
		t.Errorf("an untrusted certificate: %d %s", a.status, a.body)
	}
}
