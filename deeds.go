package main

import (
	"context"
	"errors"
	"os"
	"os/user"
	"time"

	"asbru/control/objects"
	"asbru/core/audit"
)

// deed is what whoever runs this command has done just now.
func deed(did, what, notes string) *objects.Deed {
	who := "cli"
	if u, err := user.Current(); err == nil {
		who += " " + u.Username
	}
	if host, err := os.Hostname(); err == nil {
		who += "@" + host
	}
	return &objects.Deed{Time: time.Now(), Who: who, Did: did, What: what, Notes: notes}
}

// tellDeeds writes into the audit trail what operators do by command, until ctx ends.
func (g *gateway) tellDeeds(ctx context.Context) {
	tick := time.NewTicker(deedsEvery)
	defer tick.Stop()
	failed := false
	for {
		if b := g.made.Load(); b != nil && b.Lasts() && g.trail.Load() != nil {
			err := b.Told(ctx, func(d *objects.Deed) error { return g.tellDeed(ctx, d) })
			if err != nil && !failed && ctx.Err() == nil {
				g.log.Warn("what was done by command is not in the audit trail yet", "error", err)
			}
			failed = err != nil
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

var errNoTrail = errors.New("the audit trail does not take it")

// tellDeed returns once a deed is durable.
func (g *gateway) tellDeed(ctx context.Context, d *objects.Deed) error {
	notes := "by command at " + d.Time.UTC().Format(time.RFC3339)
	if d.Notes != "" {
		notes += "; " + d.Notes
	}
	durable := g.say(&audit.Change{Who: d.Who, Did: d.Did, What: d.What, Notes: notes})
	if durable == nil {
		return errNoTrail
	}
	return durable(ctx)
}
