package anthropic

import (
	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// A plan is the settings of thinking in a request.
type plan struct {
	kind   planKind
	budget int64
	max    int64     // max_tokens to send; 0: the client's
	word   string    // the effort
	effort core.Text // the client's own word, if word is empty; nil: none
	shows  core.Tri
}

type planKind uint8

const (
	planUnsaid planKind = iota
	planOff
	planBudget
	planAdaptive
)

// efforts are the words for how hard to think, with the budgets for models that take tokens. These are a
// convention, because no vendor documents them.
var efforts = [...]struct {
	word   string
	budget int64
}{
	{"minimal", minBudget}, {"low", 2048}, {"medium", 8192}, {"high", 16384}, {"xhigh", 32768}, {"max", 32768},
}

// autoBudget is the budget for a model that must be given one when it should decide by itself.
const autoBudget = 8192

// planThinking decides how to ask for thinking. A budget must be below max_tokens, which is raised if
// necessary. Thinking is dropped if the model has none, if a tool is forced, and if the conversation is
// within a loop of tools whose thoughts are missing: the provider refuses all three.
func (w *writer) planThinking() *core.Fault {
	c := w.c
	if w.own {
		w.planOwn()
		return nil
	}
	if c.Effort == nil && c.Budget == core.BudgetUnset {
		return nil
	}
	if c.Budget == 0 || c.Budget == core.BudgetUnset && string(c.Effort) == "none" {
		if w.row.way != thinkNever {
			w.plan.kind = planOff
		}
		return nil
	}
	field := "reasoning_effort"
	if c.Effort == nil {
		field = "thinking"
	}
	forced := len(c.Tools) > 0 && (c.Choice == core.ChooseAny || c.Choice == core.ChooseNamed)
	adaptive := w.row.way == thinkAdaptive || w.row.way == thinkEither && c.Budget <= 0
	switch {
	case w.row.way == thinkNever, w.quirk(core.QuirkNoEffort), forced, !adaptive && w.amid():
		c.Drop(field)
		return nil
	case adaptive:
		w.plan.kind = planAdaptive
		w.plan.word, w.plan.effort = w.effort()
		if w.plan.shows = c.Shows; c.Summary != nil && c.Shows == core.Unsaid {
			w.plan.shows = core.Of(string(c.Summary) != "none")
		}
		return nil
	}
	return w.planBudget()
}

// planOwn plans the settings of a request of this family unchanged.
func (w *writer) planOwn() {
	c := w.c
	if c.Shape&chatRawOutput == 0 {
		w.plan.effort = c.Effort
	}
	if c.Shape&chatDisplay != 0 {
		w.plan.shows = c.Shows
	}
	switch {
	case c.Shape&chatRawThinking != 0 || c.Budget == core.BudgetUnset:
	case c.Budget == core.BudgetAuto:
		w.plan.kind = planAdaptive
	case c.Budget == 0:
		w.plan.kind = planOff
	default:
		w.plan.kind, w.plan.budget = planBudget, c.Budget
	}
}

// planBudget sets a budget, and a max_tokens above it.
func (w *writer) planBudget() *core.Fault {
	c, budget := w.c, w.c.Budget
	if budget < 0 {
		budget = autoBudget
		if c.Effort != nil {
			budget = 0
			for i := range efforts {
				if efforts[i].word == string(c.Effort) {
					budget = efforts[i].budget
				}
			}
			if budget == 0 {
				return body.Invalid("reasoning_effort", "cannot say effort "+string(c.Effort)+" to "+string(w.s.Model)+", which thinks by a budget of tokens",
					"use one of none, minimal, low, medium, high, xhigh, max")
			}
		}
	}
	budget = max(budget, minBudget)
	limit, said := scan.Int(c.MaxTokens)
	if !said || limit <= 0 {
		limit = w.row.most
	}
	if budget >= limit {
		limit = min(limit+budget, max(w.row.most, limit))
		if budget >= limit {
			limit = max(limit, 2*minBudget)
			budget = max(limit*4/5, minBudget)
		}
	}
	w.plan.kind, w.plan.budget, w.plan.max = planBudget, budget, limit
	return nil
}

// effort returns the word for a model that takes words: own, the client's, if it is not a known one. Opus 4.6
// and Sonnet 4.6 have no xhigh.
func (w *writer) effort() (word string, own core.Text) {
	said, n := w.c.Effort, w.c.Budget
	switch {
	case said == nil && n == core.BudgetAuto, string(said) == "none":
		return "", nil
	case said == nil && n <= 4096, string(said) == "minimal":
		return "low", nil
	case said == nil && n <= 12288:
		return "medium", nil
	case said == nil && n <= 24576:
		return "high", nil
	case said == nil, string(said) == "xhigh" && w.row.way == thinkEither:
		return "max", nil
	}
	return "", said
}

// amid reports whether the conversation ends with results of calls that are not preceded by a thought that the
// target accepts.
func (w *writer) amid() bool { return !w.lenient && w.c.Amid(w.sends) }

// appendThinking appends thinking and output_config.
func (w *writer) appendThinking() {
	p := &w.plan
	switch p.kind {
	case planOff:
		w.b = append(w.b, `,"thinking":{"type":"disabled"}`...)
	case planBudget:
		w.b = append(w.b, `,"thinking":{"type":"enabled","budget_tokens":`...)
		w.b = scan.AppendInt(w.b, p.budget)
		w.appendDisplay()
	case planAdaptive:
		w.b = append(w.b, `,"thinking":{"type":"adaptive"`...)
		w.appendDisplay()
	}
	schema := w.c.Format == core.FormatSchema && w.c.Shape&(chatRawOutput|chatRawFormat|chatOutputFormat) == 0
	if !w.own {
		schema = w.c.Format == core.FormatSchema && !w.quirk(core.QuirkNoSchema)
	}
	if p.word == "" && p.effort == nil && !schema {
		return
	}
	w.b = append(w.b, `,"output_config":{`...)
	if p.word != "" || p.effort != nil {
		w.b = append(append(append(append(w.b, `"effort":"`...), p.word...), p.effort...), '"')
		if schema {
			w.b = append(w.b, ',')
		}
	}
	if schema {
		w.b = append(w.b, `"format":`...)
		w.appendFormat()
	}
	w.b = append(w.b, '}')
}

func (w *writer) appendDisplay() {
	switch w.plan.shows {
	case core.Yes:
		w.b = append(w.b, `,"display":"summarized"`...)
	case core.No:
		w.b = append(w.b, `,"display":"omitted"`...)
	}
	w.b = append(w.b, '}')
}

func (w *writer) appendFormat() {
	w.b = append(w.b, `{"type":"json_schema","schema":`...)
	if w.own {
		w.b = append(w.b, w.c.Schema...)
	} else {
		w.b = body.AppendFit(w.b, w.c.Schema, w.c, core.LostOfSchema)
	}
	w.b = append(w.b, '}')
}
