package build

import (
	"fmt"

	"asbru/cache"
	"asbru/core"
	"asbru/core/config"
)

// compileRepeats goes on with what the previous Snapshot knows of calls by their keys, if that is
// as the document has it. What is made here takes memory when the first key comes, so one that is
// never served needs no Close.
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

// repeatsSays tells what becomes of a call that comes again.
func repeatsSays(d *config.Repeats) string {
	return fmt.Sprintf("a call that comes again under its Idempotency-Key has its answer again for %v", d.Window.Or(cache.DefaultWindow))
}

// repeatsLook finds the call that comes again.
func (c *compiler) repeatsLook(_ *rules, op core.Op) (core.Stage, string) {
	if c.repeats == nil || !conversation(op) {
		return nil, ""
	}
	return c.repeats.Look(), "repeats"
}

// repeatsKeep remembers the call, and tells who waits for it.
func (c *compiler) repeatsKeep(_ *rules, op core.Op) (core.Stage, string) {
	if c.repeats == nil || !conversation(op) {
		return nil, ""
	}
	return c.repeats.Keep(), "repeats"
}
