package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// low measures context switches if each request finds all processes asleep: the worst case, and one
// that other load hardly changes.
func low(ctx context.Context, s *session, out *section) error {
	st, provider, err := s.provided("--reply-bytes", "1500")
	if err != nil {
		return err
	}
	defer st.close()
	g, err := st.gateway(provider.addr, gatewayShape{})
	if err != nil {
		return err
	}
	servers := []server{g}
	if others, err := st.others(provider.addr, proxyShape{keepAlive: provider512}); err == nil {
		servers = append(servers, others...)
	} else {
		out.note("no comparison: %v", err)
	}
	out.Columns = []string{"switches", "cpu_us"}
	return st.load(ctx, out, "low.json", servers, "--foreign", "100", "--rate", "200", "--request-bytes", "1500",
		"--window", pick(s, "2s", "1s"), "--rounds", "5")
}

// Streams held at once.
const (
	fullStreams   = 9900
	shortStreams  = 5000 // with fewer, memory that all share would distort the result
	fewestStreams = 1500
)

func hold(ctx context.Context, s *session, out *section) error {
	return holding(ctx, s, out, "hold.json", false)
}

func holdTLS(ctx context.Context, s *session, out *section) error {
	return holding(ctx, s, out, "hold-tls.json", true)
}

// holding opens slow streams and measures the memory of each. A gateway needs two descriptors per
// stream; if there are fewer, fewer streams are opened, and the output says so.
func holding(ctx context.Context, s *session, out *section, gate string, tls bool) error {
	n, rate := pick(s, fullStreams, shortStreams), 1000
	if files := openFiles(); files > 0 && 2*n+spareFiles > files {
		n = (files - spareFiles) / 2
		if n < fewestStreams {
			return missing{fmt.Sprintf("a process may have %d descriptors, enough for %d streams; below %d the fixed cost blurs a stream's (ulimit -Hn)", files, n, fewestStreams)}
		}
		out.note("%d descriptors a process allow %d streams", files, n)
	}
	if tls { // handshakes are expensive on both sides
		rate = 300
	}
	st, err := s.stand()
	if err != nil {
		return err
	}
	defer st.close()
	shape, args := gatewayShape{}, []string{}
	if tls {
		args = append(args, "--tls")
	}
	provider, p, err := st.mock(args...)
	if err != nil {
		return err
	}
	if tls {
		if shape.ca, err = p.caFile(); err != nil {
			return err
		}
	}
	g, err := st.gateway(provider.addr, shape)
	if err != nil {
		return err
	}
	// The pages of the program that streams need are mapped by the first ones, and must not be counted.
	var first section
	if err := st.load(ctx, &first, "", []server{g}, "--stream", "--rate", "200", "--window", "500ms", "--rounds", "1", "--foreign", "100", "--model", "mock-tokens-5"); err != nil {
		return err
	}
	time.Sleep(settle)
	out.Columns = []string{"streams", "rss_stream_kb", "anon_stream_kb", "rss_mb", "ttfb_p50", "sockets"}
	return st.load(ctx, out, gate, []server{g}, "--stream", "--hold", strconv.Itoa(n), "--rate", strconv.Itoa(rate),
		"--duration", pick(s, "6s", "3s"), "--model", "mock-gap-2s+tokens-60", "--timeout", "3m")
}

// caFile returns the path of the stand-in provider's certificate authority, which it prints once it
// listens.
func (p *process) caFile() (string, error) {
	for end := time.Now().Add(readyWithin); time.Now().Before(end); time.Sleep(settle / 50) {
		b, err := os.ReadFile(p.out)
		if err != nil {
			return "", err
		}
		said := string(b)
		for word := range strings.FieldsSeq(said[:strings.LastIndexByte(said, '\n')+1]) { // the complete lines
			word = strings.Trim(word, `"',;`)
			if strings.HasSuffix(word, ".pem") {
				return word, nil
			}
		}
	}
	return "", fmt.Errorf("the stand-in provider names no certificate file: %s", p.said())
}
