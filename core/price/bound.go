package price

import "asbru/core"

// A hold must be at least what the call will cost, whatever the tokenizer. Every tokenizer that
// providers use covers at least one byte of text with each token, so a body has no
// more tokens than bytes: escapes and JSON's own signs only add bytes. Pictures do not
// cost by their bytes and are counted by the piece; what the provider adds is a constant; and
// what reads things that the provider keeps, or searches, may fill the model's window.

// bound is the most tokens that a request's body can come to as a prompt at a model that takes
// window tokens; 0: unknown.
func (c *tally) bound(window int64) int64 {
	if window == 0 {
		window = DefaultWindow
	}
	if c.open {
		return max(window, c.text+Overhead)
	}
	return c.text + c.pieces*MediaTokens + Overhead
}

// worst is the most that a request can cost at p: a prompt of bound tokens but no more than the
// model takes, and answers as long as the client allows, or else as the model writes at
// most. choices is how many answers were asked for to each prompt; 0 is one. A nil price is worth nothing.
// Who only reads takes any number of texts at once, each as long as the model takes.
func (c *tally) worst(p *core.Price, maxTokens, choices int64) core.Money {
	if p == nil {
		return 0
	}
	in, prompts := c.bound(p.Most.In), max(c.prompts, 1)
	if p.Most.In > 0 && !c.many && writes(p) {
		in = min(in, p.Most.In*prompts)
	}
	return p.Worst(in, Longest(p, maxTokens, max(choices, 1)*prompts)).Plus(p.Searched(searches(c.chunks)))
}

// searches is how many search units so many documents are.
func searches(documents int64) int64 { return (documents + searchUnit - 1) / searchUnit }

// writes reports whether answers cost anything at p.
func writes(p *core.Price) bool {
	_, said := p.Rates.Dearest()
	return said > 0
}

// Longest is the most tokens that the answers to a request at p can come to: what the client
// allows, or else what the model writes at most.
func Longest(p *core.Price, maxTokens, choices int64) int64 {
	out := maxTokens
	switch {
	case out > 0:
	case p.Most.Out > 0:
		out = p.Most.Out
	case p.Most.In > 0: // what only reads, such as embeddings, writes nothing that is paid
		out = p.Most.In
	default:
		out = DefaultOut
	}
	return min(out, MaxTokens) * min(max(choices, 1), maxChoices)
}
