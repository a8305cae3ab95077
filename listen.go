package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"asbru/control/api"
	"asbru/core/config"
	"asbru/systemd"
)

// An endpoint is one listening socket and how it is served.
type endpoint struct {
	name  string       // under which it is handed over
	raw   net.Listener // the socket
	serve net.Listener // raw, or TLS on it
	end   func()       // stops serving; nil: closing is enough
}

// An inheritance is the set of sockets that were passed to this process at its start.
type inheritance struct {
	sockets map[string]net.Listener
	handed  bool         // by a predecessor, which goes on until ready is called
	ready   func() error // before the first Accept: the predecessor stops
}

func inherit() (*inheritance, error) {
	handed := systemd.Successor()
	sockets, ready, err := systemd.Inherit()
	if err != nil {
		return nil, err
	}
	return &inheritance{sockets, handed, ready}, nil
}

// close closes the sockets that nobody took.
func (in *inheritance) close() {
	for _, l := range in.sockets {
		l.Close()
	}
}

// take removes and returns a socket by its name; nil: there is none.
func (in *inheritance) take(name string) net.Listener {
	l := in.sockets[name]
	delete(in.sockets, name)
	return l
}

// address is where the supervisor's socket for the data plane listens; empty: it passed none. What a
// document may configure depends on it.
func (in *inheritance) address() string {
	if l := in.sockets["listen"]; l != nil {
		if a, ok := l.Addr().(*net.TCPAddr); ok {
			return a.String()
		}
	}
	return ""
}

// endpoint finds or opens the socket for an address. role is "listen" or "admin".
//
// A socket from the supervisor that bears the role's name replaces the address;
// one from a predecessor must have been opened for the same address.
func (in *inheritance) endpoint(role, addr string, forced bool) (*endpoint, error) {
	name := role + "=" + addr
	if l := in.take(name); l != nil {
		return &endpoint{name: name, raw: l, serve: l}, nil
	}
	if named, ok := strings.CutPrefix(addr, "systemd"); ok && (named == "" || named[0] == ':') {
		return in.passed(role, strings.TrimPrefix(named, ":"))
	}
	if !forced {
		if l := in.take(role); l != nil {
			return &endpoint{name: role, raw: l, serve: l}, nil
		}
	}
	l, err := open(addr)
	if err != nil {
		return nil, err
	}
	return &endpoint{name: name, raw: l, serve: l}, nil
}

// passed takes a socket from the supervisor: by name, else by role, else the
// only one there is.
func (in *inheritance) passed(role, name string) (*endpoint, error) {
	if name == "" {
		name = role
		if _, ok := in.sockets[role]; !ok && len(in.sockets) == 1 {
			for name = range in.sockets {
			}
		}
	}
	if l := in.take(name); l != nil {
		return &endpoint{name: name, raw: l, serve: l}, nil
	}
	return nil, fmt.Errorf("cannot listen: the supervisor passed no socket named %q; hint: enable asbru.socket, or give %s an address", name, role)
}

// open opens a TCP socket. Multipath TCP is off: it costs time for every packet and
// is of no use between machines of one network.
func open(addr string) (net.Listener, error) {
	var lc net.ListenConfig
	lc.SetMultipathTCP(false)
	l, err := lc.Listen(context.Background(), "tcp", addr)
	if err == nil {
		return l, nil
	}
	_, port, _ := net.SplitHostPort(addr)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("cannot listen on %s: another program does; hint: ss -ltnp 'sport = :%s' names it, --listen takes another address", addr, port)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("cannot listen on %s: ports below 1024 need a privilege; hint: let systemd open it (asbru.socket), or take a higher port", addr)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return nil, fmt.Errorf("cannot listen on %s: this machine does not have the address; hint: ip addr lists those it has", addr)
	}
	return nil, fmt.Errorf("cannot listen on %s: %w", addr, err)
}

// open opens everything that can fail: sockets, certificates, the access log.
func (g *gateway) open(in *inheritance) (err error) {
	doc := g.fixed
	if g.data, err = in.endpoint("listen", orDefault(doc.Listen), g.s.listen != ""); err != nil {
		return err
	}
	if doc.Admin.Listen != "" {
		if g.admin, err = in.endpoint("admin", doc.Admin.Listen, false); err != nil {
			return err
		}
	}
	if doc.TLS != nil {
		if g.certs, err = api.OpenCerts(doc.TLS.Cert, keyFile(doc.TLS.Key), g.log); err != nil {
			return err
		}
		least := uint16(tls.VersionTLS12)
		if doc.TLS.MinVersion == "1.3" {
			least = tls.VersionTLS13
		}
		g.data.serve = tls.NewListener(g.data.raw, g.certs.ServerConfig(least, true))
	}
	return g.openAccessLog()
}

func orDefault(addr string) string {
	if addr == "" {
		return config.DefaultListen
	}
	return addr
}

// keyFile is the file that a reference to a secret names, so that it can be reloaded when it
// changes.
func keyFile(key config.Secret) string {
	ref := key.Ref()
	if name, ok := strings.CutPrefix(ref, "cred:"); ok {
		return filepath.Join(os.Getenv("CREDENTIALS_DIRECTORY"), name)
	}
	return strings.TrimPrefix(ref, "file:")
}

// listeners are the sockets by the names under which a successor looks for them.
func (g *gateway) listeners() map[string]net.Listener {
	all := map[string]net.Listener{g.data.name: g.data.raw}
	if g.admin != nil {
		all[g.admin.name] = g.admin.raw
	}
	return all
}
