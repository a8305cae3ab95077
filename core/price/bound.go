package price

import "asbru/core"

// A hold must be at least what the call will cost, whatever the tokenizer. Each token of every tokenizer
// in use covers at least one byte of text, so a body has no
// more tokens than bytes; escapes and JSON's own syntax only add bytes. The cost of pictures does not
// depend on their bytes, so they are counted by the piece. What the provider adds is a constant. A request
// that reads things kept by the provider, or that searches, may fill the model's window.

// bound returns the most tokens that a request's body can have as a prompt for a model with a
// window of that many tokens; 0: unknown.
func (c *tally) bound(window int64) int64 {
	if window == 0 {
		window = DefaultWindow
	}
	if c.open {
		return max(window, c.text+Overhead)
	}
	return c.text + c.pieces*MediaTokens + Overhead
}

// worst returns the most that a request can cost at p: a prompt of bound tokens, but no more than the
// model accepts, and answers as long as the client allows, or else as the model can
// write. choices is the number of answers to each prompt; 0 means one. A nil price gives 0.
// Requests that only read text may contain any number of texts, each as long as the model accepts.
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

// searches is the number of search units for so many documents.
func searches(documents int64) int64 { return (documents + searchUnit - 1) / searchUnit }

// writes reports whether answers are charged at p.
func writes(p *core.Price) bool {
	_, said := p.Rates.Dearest()
	return said > 0
}

// Longest returns the most tokens that the answers to a request at p can have: what the client
// allows, or else the most that the model writes.
func Longest(p *core.Price, maxTokens, choices int64) int64 {
	out := maxTokens
	switch {
	case out > 0:
	case p.Most.Out > 0:
		out = p.Most.Out
	case p.Most.In > 0: // models that only read, such as those for embeddings, write nothing that is charged
		out = p.Most.In
	default:
		out = DefaultOut
	}
	return min(out, MaxTokens) * min(max(choices, 1), maxChoices)
}
