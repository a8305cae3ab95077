package trail

import (
	"context"
	"fmt"
	"time"

	"asbru/core/audit"
	"asbru/core/ledger"
)

// noteAgain is how soon a change that found the ledger full tries again.
const noteAgain = 10 * time.Millisecond

// Say writes a change to the ledger, from which the trail reads it; durable waits until that is so. ctx bounds the
// wait for room, and durable's own the rest. Requests never call it.
func Say(ctx context.Context, log *ledger.Ledger, c *audit.Change) (durable func(context.Context) error, err error) {
	b := audit.AppendChange(nil, c)
	room := ledger.Size(0, len(b))
	for !log.Reserve(room) {
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("cannot write down the change of %s: %w", c.What, log.Trouble())
		case <-time.After(noteAgain):
		}
	}
	seq := log.Append(&ledger.Record{Kind: ledger.Admin, Time: c.Time, Payload: b}, room)
	return func(ctx context.Context) error {
		if err := log.Wait(ctx, seq); err != nil {
			return fmt.Errorf("cannot write down the change of %s: %w", c.What, err)
		}
		return nil
	}, nil
}
