package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
)

// keys counts governed with ten virtual keys and with as many as a document has room for: a request
// must not cost more for those that others have.
func keys(ctx context.Context, s *session, out *section) error {
	var busy [2]float64
	for i, n := range [...]int{fewKeys, pick(s, manyKeys, manyKeys/5)} {
		st, err := s.stand()
		if err != nil {
			return err
		}
		busy[i], err = st.withKeys(ctx, out, n)
		st.close()
		if err != nil {
			return err
		}
	}
	out.add("ratio", "many to few", busy[1]/busy[0])
	return nil
}

// withKeys counts a gateway with n keys besides the one that is used.
func (st *stand) withKeys(ctx context.Context, out *section, n int) (busy float64, err error) {
	provider, _, err := st.mock("--reply-bytes", "1500")
	if err != nil {
		return 0, err
	}
	c, err := st.counter(ctx)
	if err != nil {
		return 0, err
	}
	if c.dumps {
		c = st.later(ctx, c)
	}
	g, err := st.gateway(provider.addr, gatewayShape{governed: true, keys: n, silent: true, args: []string{"--loops", "1"}, under: c.under})
	if err != nil {
		return 0, err
	}
	err = c.parts(g, out, func(part string, requests, spent float64) error {
		if part == "busy" { // the other part meets what is done once after a start
			busy = spent / requests
			out.add(fmt.Sprintf("busy_%d", n), "a request", busy)
		}
		return nil
	}, func(how ...string) error { return st.load(ctx, out, "", []server{g}, how...) })
	return busy, err
}

// later has callgrind count from the first count on. The server starts ten times as fast so; its
// memory has a bound, for a large document leaves much to collect.
func (st *stand) later(ctx context.Context, c counter) counter {
	c.under.before = append(c.under.before, "--instr-atstart=no")
	c.under.env = append(c.under.env, "GOMEMLIMIT=3GiB")
	count, counts := c.count, false
	c.count = func(pid int, run func() error) (float64, error) {
		if !counts {
			if _, err := tool(ctx, "vgdb", "--vgdb-prefix="+filepath.Join(st.dir, "vgdb"), "--pid="+strconv.Itoa(pid), "instrumentation", "on"); err != nil {
				return 0, err
			}
			counts = true
		}
		return count(pid, run)
	}
	return c
}
