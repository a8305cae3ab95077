package build

import (
	"fmt"

	"asbru/cache"
	"asbru/core"
	"asbru/core/config"
)

// compileRepeats continues with the Repeats of the previous Snapshot if the document's are the
// same. New ones allocate memory when the first key arrives, so that those of a Snapshot that is
// never served need no Close.
func (c *compiler) compileRepeats() {
	if c.doc.Repeats.Off {
		return
	}
	c.repeats = repeatsOf(&c.doc.Repeats)
	if was, ok := c.prev.Repeats.(*cache.Repeats); ok && was.Same(c.repeats) {
		c.repeats = was
	}
	c.next.Repeats = c.repeats
}

func repeatsOf(d *config.Repeats) *cache.Repeats {
	return cache.NewRepeats(d.Window.Or(cache.DefaultWindow), int64(d.Size))
}

// repeatsSays describes what happens to a repeated call.
func repeatsSays(d *config.Repeats) string {
	return fmt.Sprintf("a call that comes again under its Idempotency-Key has its answer again for %v", d.Window.Or(cache.DefaultWindow))
}

// repeatsLook is the stage that recognizes a repeated call.
func (c *compiler) repeatsLook(_ *rules, op core.Op) (core.Stage, string) {
	if c.repeats == nil || !conversation(op) {
		return nil, ""
	}
	return c.repeats.Look(), "repeats"
}

// repeatsKeep is the stage that stores the answer of a call and hands it to followers.
func (c *compiler) repeatsKeep(_ *rules, op core.Op) (core.Stage, string) {
	if c.repeats == nil || !conversation(op) {
		return nil, ""
	}
	return c.repeats.Keep(), "repeats"
}
