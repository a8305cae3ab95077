package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"asbru/bench/mock"
)

// secure starts asbru behind TLS, with a certificate that the file ca vouches for: SDKs speak to
// WebSockets in no other way.
func secure(dir, binary, config string) (p *program, ca string, err error) {
	conf, root, err := mock.SelfSigned(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, "", err
	}
	key, err := x509.MarshalPKCS8PrivateKey(conf.Certificates[0].PrivateKey)
	if err != nil {
		return nil, "", fmt.Errorf("cannot write the key: %w", err)
	}
	home, err := os.MkdirTemp(dir, "tls-")
	if err != nil {
		return nil, "", err
	}
	ca = filepath.Join(home, "ca.pem")
	secret := filepath.Join(home, "key.pem")
	if err := os.WriteFile(ca, root, 0o600); err != nil {
		return nil, "", err
	}
	if err := os.WriteFile(secret, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), 0o600); err != nil {
		return nil, "", err
	}
	p, err = gateway(dir, binary, config+fmt.Sprintf("tls: {cert: %q, key: %q}\n", ca, "file:"+secret))
	if err != nil {
		return nil, "", err
	}
	p.base = strings.Replace(p.base, "http://", "https://", 1)
	return p, ca, nil
}
