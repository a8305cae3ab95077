package route

import (
	"strconv"

	"asbru/core"
)

// gauges is a RoutePlan's Gauges.
func (p *picker) gauges() core.RouteGauges {
	t := p.tab
	return core.RouteGauges{
		Retries: t.paid.Load(), Refused: t.refused.Load(), Budget: t.left(p.book.clock()),
		Hits: t.hits.Load(), Misses: t.misses.Load(), Kept: t.kept.Load(), Benched: t.benched.Load(),
	}
}

func percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 1, 64) + "%" }

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
