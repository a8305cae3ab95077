package main

import (
	"context"
	"encoding/hex"
	"log/slog"
	"time"

	"asbru/core"
)

// compared logs what a shadow's answer was like beside the one that the client got.
func (g *gateway) compared(c *core.Comparison) {
	g.log.LogAttrs(context.Background(), slog.LevelInfo, "shadow compared",
		slog.String("id", hex.EncodeToString(c.ID[:])), slog.String("route", c.Route),
		slog.Bool("same_finish", c.Main.Finish == c.Other.Finish), slog.Bool("same_calls", c.Main.Calls == c.Other.Calls),
		sketched("main", c, &c.Main), sketched("shadow", c, &c.Other))
}

// sketched is one side of a comparison.
func sketched(side string, c *core.Comparison, s *core.Sketch) slog.Attr {
	attrs := []any{
		slog.String("target", s.Target), slog.Int("status", s.Status), slog.Bool("whole", s.Whole),
		slog.Float64("ttft_ms", millis(s.TTFT)), slog.Float64("total_ms", millis(s.Total)),
		slog.Int64("tokens_out", s.Usage.Out), slog.Float64("tokens_per_second", s.Rate()), slog.Int("text_bytes", s.Text),
	}
	if s.Calls != "" {
		attrs = append(attrs, slog.String("calls", s.Calls))
	}
	if c.Priced {
		attrs = append(attrs, slog.Float64("cost_usd", float64(s.Cost)/1e9))
	}
	return slog.Group(side, attrs...)
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
