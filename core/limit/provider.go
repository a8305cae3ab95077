package limit

// The limits of a provider are not taken in advance, because the provider is chosen late, and again
// when an attempt fails. Spent says whether there is room, and Charge takes what was used. Only
// requests that are under way when a limit is reached can exceed it.

// Spent reports after how many nanoseconds the limits of requests and tokens let more
// through; 0: they do now.
func (h *Holder) Spent(now int64) (wait int64) {
	for i := range h.rules {
		b := &h.rules[i]
		if !b.rated() {
			continue
		}
		if left, full := b.left(now); left < 1 {
			wait = max(wait, full-b.Rate.takes(b.Rate.burst()-1), 1)
		}
	}
	return wait
}

// Charge takes what an attempt used: a request and tokens.
func (h *Holder) Charge(tokens, now int64) {
	tokens = min(max(tokens, 0), MaxUnits)
	for j := range h.rules {
		switch b := &h.rules[j]; b.Kind {
		case Requests:
			b.correct(1, now)
		case Tokens:
			b.correct(tokens, now)
		}
	}
}
