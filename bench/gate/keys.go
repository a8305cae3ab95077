package main

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"strconv"
)

// keys counts governed with ten virtual keys and with as many as a document has room for: other callers'
// keys must not make a request more expensive. The two alternate, and the least of each counts, because
// other activity on the machine can only add instructions.
func keys(ctx context.Context, s *session, out *section) error {
	var all [2]*keyed
	for i, n := range [...]int{fewKeys, pick(s, manyKeys, manyKeys/5)} {
		st, err := s.stand()
		if err != nil {
			return err
		}
		defer st.close()
		if all[i], err = st.withKeys(ctx, out, n); err != nil {
			return err
		}
	}
	for range keyTurns {
		for _, k := range all {
			if err := k.turn(ctx, out); err != nil {
				return err
			}
		}
	}
	for _, k := range all {
		out.add(fmt.Sprintf("busy_%d", k.n), "a request", k.least)
	}
	out.add("ratio", "many to few", all[1].least/all[0].least)
	out.Load = nil // its times are those under the counter
	return nil
}

// keyed is a gateway with n keys besides the one that is used.
type keyed struct {
	n     int
	st    *stand
	g     server
	c     counter
	least float64 // instructions per request, the least of all turns
}

// withKeys starts such a gateway and warms it up.
func (st *stand) withKeys(ctx context.Context, out *section, n int) (*keyed, error) {
	provider, _, err := st.mock("--reply-bytes", "1500")
	if err != nil {
		return nil, err
	}
	c, err := st.counter(ctx)
	if err != nil {
		return nil, err
	}
	if c.dumps {
		c = st.later(ctx, c)
	}
	g, err := st.gateway(provider.addr, gatewayShape{governed: true, keys: n, silent: true, args: []string{"--loops", "1"}, under: c.under})
	if err != nil {
		return nil, err
	}
	k := &keyed{n: n, st: st, g: g, c: c, least: math.Inf(1)}
	return k, k.load(ctx, out)
}

func (k *keyed) load(ctx context.Context, out *section) error {
	return k.st.load(ctx, out, "", []server{k.g}, "--foreign", "100", "--rounds", "1", "--request-bytes", "1500", "--warmup", "0s", "--max", "--conns", "8", "--window", "2s")
}

// turn counts once.
func (k *keyed) turn(ctx context.Context, out *section) error {
	spent, err := k.c.count(k.g.pid, func() error { return k.load(ctx, out) })
	if err == nil {
		k.least = min(k.least, spent/float64(out.Load.target(k.g.name).Sent))
	}
	return err
}

// later makes callgrind count only from the first count on, so that the server starts ten times as fast.
// Its memory is bounded, because a large document leaves much garbage.
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
