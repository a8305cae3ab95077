package main

import "context"

// waiting holds about 5,000 requests in flight, for the gateway and then for each of the others. For
// memory they need not alternate: each has the machine, a provider and the load generator's
// descriptors to itself.
func waiting(ctx context.Context, s *session, out *section) error {
	out.Columns = []string{"success", "rate", "rss_mb", "p50", "p99", "cpu_us"}
	whole := new(loadRun)
	for _, w := range []struct {
		gate  string
		start func(st *stand, provider string) (server, error)
	}{
		{"waiting.json", func(st *stand, provider string) (server, error) {
			return st.gateway(provider, gatewayShape{})
		}},
		// With fewer idle connections than requests in flight, nginx would open and
		// close one for each request.
		{"", func(st *stand, provider string) (server, error) {
			return st.nginx(provider, proxyShape{name: "nginx", keepAlive: 8192})
		}},
		{"", func(st *stand, provider string) (server, error) {
			return st.haproxy(provider, proxyShape{})
		}},
	} {
		if err := s.waitingOne(ctx, out, w.gate, w.start); err != nil {
			if w.gate != "" {
				return err
			}
			out.note("no comparison: %v", err)
			continue
		}
		whole.Run = out.Load.Run
		whole.Targets = append(whole.Targets, out.Load.Targets...)
	}
	out.Load = whole
	return nil
}

func (s *session) waitingOne(ctx context.Context, out *section, gate string, start func(*stand, string) (server, error)) error {
	st, provider, err := s.provided("--reply-bytes", "1500", "--latency", "1s")
	if err != nil {
		return err
	}
	defer st.close()
	srv, err := start(st, provider.addr)
	if err != nil {
		return err
	}
	// Some requests may fail here without failing the step: the bounds decide
	// whether those of the gateway may, and not the load generator.
	bounds := out.Bounds
	err = st.load(ctx, out, gate, []server{srv}, "--rate", "5000", "--conns", "8000", "--request-bytes", "1500",
		"--window", pick(s, "4s", "3s"), "--warmup", "1500ms", "--rounds", "3", "--foreign", "100", "--allow-errors", "99")
	if gate == "" {
		out.Bounds = bounds
	}
	return err
}
