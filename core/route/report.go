package route

import (
	"strconv"

	"asbru/core"
)

// gauges is a RoutePlan's Gauges.
func (p *picker) gauges() core.RouteGauges {
	t := p.tab
	g := core.RouteGauges{
		Retries: t.paid.Load(), Refused: t.refused.Load(), Budget: t.left(p.book.clock()),
		Hits: t.hits.Load(), Misses: t.misses.Load(), Kept: t.kept.Load(), Benched: t.benched.Load(),
		Rescued: t.rescued.Load(), Unrescued: t.unrescued.Load(),
	}
	if p.hedge != nil {
		g.Hedges, g.Won, g.Capped = t.hedge.share.paid.Load(), t.hedge.won.Load(), t.hedge.share.refused.Load()
		g.HedgeAfter = p.patience(&core.Exchange{Peek: core.Peek{Stream: true}})
	}
	return g
}

func percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 1, 64) + "%" }

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
