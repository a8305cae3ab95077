package vector

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
)

// A Place says where a Store is. Places are comparable: equal ones are the same Store.
type Place struct {
	Kind     string // weaviate, redis, qdrant, pgvector; memory: in this process
	URL      string // of the server
	Name     string // of the class, index, collection or table; letters, digits and _
	User     string
	Secret   Secret // API key or password
	CA       string // PEM file of authorities trusted in addition to the system's; empty: none
	Insecure bool   // accept any certificate
	Database int    // of Redis
	Conns    int    // most connections; 0: DefaultConns
}

// DefaultConns is the default for the most connections of a Store.
const DefaultConns = 32

// TLS returns the TLS configuration for p.
func (p *Place) TLS() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: p.Insecure}
	if p.CA == "" {
		return c, nil
	}
	pem, err := os.ReadFile(p.CA)
	if err != nil {
		return nil, fmt.Errorf("cannot read the certificates of %s: %w", p.Kind, err)
	}
	if c.RootCAs, err = x509.SystemCertPool(); err != nil {
		c.RootCAs = x509.NewCertPool()
	}
	if !c.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("cannot use %q: it holds no certificate", p.CA)
	}
	return c, nil
}
