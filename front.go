package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"asbru/adapters/dialect/openai"
	"asbru/core"
	"asbru/hotpath"
)

// newFront sends requests that came in through the slow door to the front door:
// each on an in-memory connection of its own, so that every client, whatever
// it speaks, meets the same reader, the same policy and the same counters.
func newFront(server *hotpath.Server, log *slog.Logger) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite:       rewrite,
		Transport:     inside{server},
		FlushInterval: -1,                                                // each event of a stream at once
		ErrorLog:      slog.NewLogLogger(log.Handler(), slog.LevelDebug), // answers that were cut
		ErrorHandler:  unanswered,
	}
}

// unanswered answers if the front door closed the connection without a reply, as it does
// above its bound of connections and when a body does not arrive.
func unanswered(w http.ResponseWriter, _ *http.Request, _ error) {
	var id [16]byte
	rand.Read(id[:])
	shown := hex.AppendEncode(nil, id[:])
	f := &core.Fault{Code: core.Overloaded, Retry: 1,
		Message: "the gateway did not take the request: too many connections are open, or its body came too slowly",
		Hint:    "try again in a second"}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Retry-After", strconv.Itoa(f.Retry))
	w.Header().Set("X-Request-Id", string(shown))
	w.WriteHeader(f.HTTP())
	w.Write(openai.API.AppendFault(nil, f, shown))
}

// rewrite keeps the client's path, query and header fields. X-Forwarded-* and hop-by-hop fields have
// already been removed.
func rewrite(r *httputil.ProxyRequest) {
	path, query, _ := strings.Cut(r.In.RequestURI, "?")
	r.Out.URL = &url.URL{Scheme: "http", Host: "front", Opaque: path, RawQuery: query}
	r.Out.Host = r.In.Host
	r.Out.Header.Del("Te")
	r.Out.Header.Del("Expect") // net/http has met it; the front's 100 would reach clients of HTTP/1.0, which do not know it
}

// inside is a Transport that connects to a Server in the same process.
type inside struct{ server *hotpath.Server }

// RoundTrip uses a connection for one request: the data plane reads the
// client's address from the connection, so no two clients may share one.
func (i inside) RoundTrip(r *http.Request) (*http.Response, error) {
	from := peer(r.RemoteAddr)
	t := &http.Transport{
		DisableKeepAlives:  true,
		DisableCompression: true, // a client that wants plain bytes gets plain bytes
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			ours, theirs := duplex(from)
			go i.server.ServeConn(theirs)
			return ours, nil
		},
	}
	return t.RoundTrip(r)
}

// peer parses an address as net/http formats it.
func peer(addr string) net.Addr {
	a, err := netip.ParseAddrPort(addr)
	if err != nil {
		return doorName{}
	}
	return net.TCPAddrFromAddrPort(a)
}
