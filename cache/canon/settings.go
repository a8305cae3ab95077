package canon

import "asbru/core"

// choice writes which tools may and must be called. An absent field means that tools may be
// called.
func (w *Writer) choice(c *core.Chat) {
	if c.Choice != core.ChooseAuto {
		w.small(tagChoice, int64(c.Choice))
	}
	w.text(tagChoice, c.ChoiceName)
	for _, name := range c.Allowed {
		w.text(tagAllowed, name)
	}
	w.small(tagParallel, int64(c.Parallel))
}

// format writes the required format of the answer. Models answer in the order of a schema's
// members, so the order is kept.
func (w *Writer) format(c *core.Chat) {
	if c.Format == core.FormatUnsaid || c.Format == core.FormatText {
		return
	}
	at := w.open(tagFormat)
	w.b = append(w.b, byte(c.Format))
	w.text(tagName, c.FormatName)
	w.text(tagNote, c.FormatNote)
	w.value(tagSchema, c.Schema, false)
	w.small(tagStrict, int64(c.Strict))
	w.shut(at)
}

func (w *Writer) thinking(c *core.Chat) {
	w.text(tagEffort, c.Effort)
	w.small(tagBudget, c.Budget-core.BudgetUnset)
	w.text(tagSummary, c.Summary)
	w.small(tagShows, int64(c.Shows))
	w.text(tagVerbose, c.Verbose)
}

func (w *Writer) sampling(c *core.Chat) {
	w.number(tagMaxTokens, c.MaxTokens)
	w.number(tagTemperature, c.Temperature)
	w.number(tagTopP, c.TopP)
	w.number(tagTopK, c.TopK)
	if string(c.N) != "1" {
		w.number(tagN, c.N)
	}
	w.number(tagSeed, c.Seed)
	w.number(tagFrequency, c.FrequencyPenalty)
	w.number(tagPresence, c.PresencePenalty)
	w.number(tagTopLogprobs, c.TopLogprobs)
	for _, s := range c.Stop {
		w.text(tagStop, s)
	}
	w.flag(tagLogprobs, c.Logprobs == core.Yes)
	w.value(tagBias, c.LogitBias, true)
	if len(c.Modes) != 1 || string(c.Modes[0]) != "text" {
		for _, m := range c.Modes {
			w.text(tagMode, m)
		}
	}
}
