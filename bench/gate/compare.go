package main

import (
	"context"
	"strconv"
	"syscall"
)

const killSignal = syscall.SIGKILL

// A contest is a soft step: the gateway and the other proxies in one run.
type contest struct {
	gate    string // file of bounds
	mock    []string
	load    []string
	proxy   proxyShape
	logged  bool // with another nginx that writes an access log
	rounds  int
	columns []string
	// around runs with the gateway up, before and after the load; nil: nothing.
	around func(gateway server, out *section) (after func() error, err error)
}

// run starts all processes and measures, again if there was no verdict because of noise.
func (c contest) run(ctx context.Context, s *session, out *section) error {
	if s.o.rounds > 0 {
		c.rounds = s.o.rounds
	}
	st, provider, err := s.provided(c.mock...)
	if err != nil {
		return err
	}
	defer st.close()
	others, err := st.others(provider.addr, c.proxy)
	if err != nil {
		return err
	}
	gateway, err := st.gateway(provider.addr, gatewayShape{})
	if err != nil {
		return err
	}
	servers := append([]server{provider, gateway}, others...)
	if c.logged {
		n, err := st.nginx(provider.addr, proxyShape{name: "nginx-log", keepAlive: c.proxy.keepAlive, log: true})
		if err != nil {
			return err
		}
		servers = append(servers, n)
	}
	out.Columns = c.columns
	after := func() error { return nil }
	if c.around != nil {
		if after, err = c.around(gateway, out); err != nil {
			return err
		}
	}
	s.quiet(ctx, out)
	args := append([]string{"--rounds", strconv.Itoa(c.rounds)}, c.load...)
	for try := 1; ; try++ {
		if err := st.load(ctx, out, c.gate, servers, args...); err != nil {
			return err
		}
		if try == mostTries || !unjudged(out.Bounds) {
			break
		}
		out.note("run %d of at most %d was too noisy to judge and was done again", try, mostTries)
	}
	return after()
}

// timed are the columns of a run at a fixed rate.
var timed = []string{"p50", "p99", "added_p50", "added_p99", "cpu_us", "switches", "rss_mb"}

const provider512 = 512 // idle connections nginx keeps to the provider

func small(ctx context.Context, s *session, out *section) error {
	return contest{
		gate: "small.json", mock: []string{"--reply-bytes", "1500"}, logged: true,
		load:   []string{"--rate", "5000", "--request-bytes", "1500", "--window", pick(s, "1s", "500ms"), "--model", "mock"},
		rounds: pick(s, 15, 7), proxy: proxyShape{keepAlive: provider512}, columns: timed, around: decisions,
	}.run(ctx, s, out)
}

func large(ctx context.Context, s *session, out *section) error {
	return contest{
		gate: "large.json", mock: []string{"--reply-bytes", "10000"},
		load:   []string{"--rate", "5000", "--request-bytes", "10000", "--window", pick(s, "1s", "500ms")},
		rounds: pick(s, 15, 7), proxy: proxyShape{keepAlive: provider512}, columns: timed,
	}.run(ctx, s, out)
}

func highest(ctx context.Context, s *session, out *section) error {
	return contest{
		gate: "max.json", mock: []string{"--reply-bytes", "1500"},
		load:   []string{"--max", "--request-bytes", "1500", "--window", pick(s, "1s", "500ms")},
		rounds: pick(s, 15, 7), proxy: proxyShape{keepAlive: provider512},
		columns: []string{"rate", "cpu_us", "p50", "p99", "switches", "rss_mb"},
	}.run(ctx, s, out)
}

func relay(ctx context.Context, s *session, out *section) error {
	return contest{
		gate: "relay.json",
		load: []string{"--stream", "--rate", "50", "--model", "mock-chunks-40+gap-20ms+stamp", "--request-bytes", "1500",
			"--window", pick(s, "2s", "1s")},
		rounds: pick(s, 9, 5), proxy: proxyShape{keepAlive: provider512, stream: true},
		columns: []string{"added_ttfb_p50", "added_ttfb_p99", "added_relay_p50", "added_relay_p99", "cpu_chunk_us", "rss_mb"},
	}.run(ctx, s, out)
}
