package vector

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
)

// A Place says where a Store is. Places are compared: equal ones are one Store.
type Place struct {
	Kind     string // weaviate, redis, qdrant, pgvector; memory: this process
	URL      string // of its server
	Name     string // of the class, index, collection or table; letters, digits and _
	User     string
	Secret   Secret // API key or password
	CA       string // a PEM file that is trusted besides the system's roots; empty: none
	Insecure bool   // any certificate is accepted
	Database int    // of Redis
	Conns    int    // at most; 0: DefaultConns
}

// DefaultConns is how many connections a Store has at most.
const DefaultConns = 32

// TLS is how to speak to a server of p.
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
