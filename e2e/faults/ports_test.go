package faults

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"testing"
	"time"
)

// expired returns a certificate for 127.0.0.1 that expired an hour ago.
func expired(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "played"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(-time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// nobody starts a name server on loopback that knows no name.
func nobody() (address string, stop func(), err error) {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		b := make([]byte, 1500)
		for {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			if n < 12 {
				continue
			}
			end := 12 // the question is repeated, without the rest of the query
			for end < n && b[end] != 0 {
				end += int(b[end]) + 1
			}
			end = min(end+5, n)
			answer := append([]byte(nil), b[:end]...)
			answer[2], answer[3] = 0x81, 0x83 // a reply; NXDOMAIN
			clear(answer[6:12])
			c.WriteTo(answer, from)
		}
	}()
	return c.LocalAddr().String(), func() { c.Close(); <-done }, nil
}
