package mock

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"time"
)

// secure loads or makes the certificate. remove deletes the CA file it wrote, if any.
func (c *command) secure(addr net.Addr, stdout io.Writer) (remove func(), err error) {
	if !c.selfSign {
		cert, err := tls.LoadX509KeyPair(c.cert, c.key)
		if err != nil {
			return nil, fmt.Errorf("cannot load the certificate: %w", err)
		}
		c.options.TLS = serverTLS(cert)
		return func() {}, nil
	}
	conf, ca, err := SelfSigned(addr)
	if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp("", "asbru-mock-ca-*.pem")
	if err != nil {
		return nil, fmt.Errorf("cannot create the CA file: %w", err)
	}
	remove = func() { os.Remove(f.Name()) }
	_, err = f.Write(ca)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		remove()
		return nil, fmt.Errorf("cannot write the CA file: %w", err)
	}
	c.options.TLS = conf
	fmt.Fprintf(stdout, "CA file (gone when the mock stops): %s\n", f.Name())
	return remove, nil
}

func serverTLS(cert tls.Certificate) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12}
}

// SelfSigned makes a certificate for localhost, the loopback addresses and
// addr, good for a day. ca is the PEM that a client must trust.
func SelfSigned(addr net.Addr) (conf *tls.Config, ca []byte, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot make a key: %w", err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "asbru mock"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:    []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	if tcp, ok := addr.(*net.TCPAddr); ok && !tcp.IP.IsUnspecified() {
		template.IPAddresses = append(template.IPAddresses, tcp.IP)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot make a certificate: %w", err)
	}
	conf = serverTLS(tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key})
	return conf, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), nil
}
