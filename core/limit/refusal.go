package limit

import (
	"fmt"
	"time"

	"asbru/core"
)

// refusal makes the fault for a caller: which limit was hit, how much it allows, and when to retry.
// tokens is what the request was expected to use.
func (h *Holder) refusal(b *bound, tokens, wait, now int64) *core.Fault {
	f := &core.Fault{Code: core.RateLimited, Kind: b.Kind.refused()}
	if !b.rated() {
		f.Retry = 1
		f.Message = fmt.Sprintf("%s has %d %s under way and may have no more at once", h.who, b.Most, b.Kind)
		f.Hint = "wait for one to end, or ask an administrator to raise the limit of " + h.who
		return f
	}
	f.Retry = int(min((wait+int64(time.Second)-1)/int64(time.Second), int64(MaxPer/time.Second)))
	f.Message = fmt.Sprintf("%s has used its %s; there is room for this request in %d s", h.who, &b.Rule, f.Retry)
	f.Hint = "try again then, or ask an administrator to raise the limit of " + h.who
	if left, _ := b.left(now); b.Kind == Tokens && left > 0 { // too few are left, not none
		f.Message = fmt.Sprintf("%s has %d left of its %s and this request may take %d; there is room for it in %d s", h.who, left, &b.Rule, tokens, f.Retry)
		f.Hint = "try again then with max_tokens as small as will do, or ask an administrator to raise the limit of " + h.who
	}
	return f
}
