package main

import (
	"net"
	"strings"
	"testing"

	"asbru/core/config"
)

// with is an inheritance of sockets with these names.
func with(t *testing.T, names ...string) *inheritance {
	t.Helper()
	in := &inheritance{sockets: map[string]net.Listener{}}
	for _, name := range names {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		in.sockets[name] = l
	}
	return in
}

func TestEndpoint(t *testing.T) {
	const addr = "127.0.0.1:0"
	f := func(addr string, forced bool, want string, sockets ...string) {
		t.Helper()
		in := with(t, sockets...)
		passed := in.sockets[want]
		e, err := in.endpoint("listen", addr, forced)
		if err != nil {
			t.Errorf("%s of %v: %v", addr, sockets, err)
			return
		}
		defer e.raw.Close()
		if e.name != want || passed != nil && e.raw != passed {
			t.Errorf("%s of %v: %s, want %s", addr, sockets, e.name, want)
		}
	}
	f(addr, false, "listen="+addr)
	f(addr, false, "listen="+addr, "listen="+addr, "admin=x")
	f(addr, false, "listen="+addr, "listen=127.0.0.1:9") // the predecessor listened elsewhere
	f(addr, false, "listen", "listen")
	f(addr, true, "listen="+addr, "listen")
	f("systemd", false, "listen", "listen", "other")
	f("systemd", false, "odd", "odd")
	f("systemd:b", false, "b", "a", "b", "listen")

	bad := func(want, addr string, sockets ...string) {
		t.Helper()
		if _, err := with(t, sockets...).endpoint("listen", addr, false); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s of %v: %v, want %s", addr, sockets, err, want)
		}
	}
	bad(`no socket named "listen"; hint: enable asbru.socket`, "systemd")
	bad(`no socket named "listen"`, "systemd", "a", "b")
	bad(`no socket named "c"`, "systemd:c", "a")
	bad("this machine does not have the address; hint:", "192.0.2.1:0")
	taken := with(t, "x").sockets["x"].Addr().String()
	bad("another program does; hint:", taken)
}

func TestAddressOfThePassedSocket(t *testing.T) {
	in := with(t, "listen", "admin")
	if got, want := in.address(), in.sockets["listen"].Addr().String(); got != want {
		t.Errorf("address %q, want %q", got, want)
	}
	if got := with(t, "listen=127.0.0.1:0").address(); got != "" {
		t.Errorf("a predecessor's socket is judged as %q; the document says what it is", got)
	}
}

func TestKeyFile(t *testing.T) {
	t.Setenv("CREDENTIALS_DIRECTORY", "/run/credentials/asbru.service")
	f := func(ref, want string) {
		t.Helper()
		if got := keyFile(config.NewSecret(ref, "x")); got != want {
			t.Errorf("keyFile(%q) = %q, want %q", ref, got, want)
		}
	}
	f("file:/etc/ssl/key.pem", "/etc/ssl/key.pem")
	f("cred:tls", "/run/credentials/asbru.service/tls")
}
