package bedrock

import (
	"asbru/core"
	"asbru/core/scan"
)

// A thinking is how the model is told to think.
type thinking struct {
	on     bool      // Claude thinks, which rules out some other fields
	budget int64     // tokens, for a Claude that takes a budget
	effort core.Text // for models that take a word
}

// efforts are the words for how much to think, and the budgets they stand for where a
// model takes tokens. The budgets are a convention of gateways, not a vendor's.
var efforts = [...]struct {
	word   string
	budget int64
	claude core.Text // the word Claude knows
	others core.Text // the word Nova and gpt-oss know
}{
	{"minimal", 1024, core.Text("low"), core.Text("low")},
	{"low", 2048, core.Text("low"), core.Text("low")},
	{"medium", 8192, core.Text("medium"), core.Text("medium")},
	{"high", 16384, core.Text("high"), core.Text("high")},
	{"xhigh", 32768, core.Text("max"), core.Text("high")},
	{"max", 32768, core.Text("max"), core.Text("high")},
}

// minBudget is the least that Claude takes.
const minBudget = 1024

// thinks decides how the model is told to think. A request of this family says it in the
// model's own words.
func (q *requestWriter) thinks() (t thinking) {
	c := q.c
	if q.own || c.Effort == nil && c.Budget == core.BudgetUnset {
		return t
	}
	if string(c.Effort) == "none" || c.Budget == 0 {
		return t
	}
	if !q.m.thinks() && !q.m.nova2 && !q.m.gptoss {
		c.Drop("reasoning_effort")
		return t
	}
	if q.m.claude && !q.m.adapts() && q.amid() {
		c.Drop("reasoning_effort")
		return t
	}
	t.on = q.m.claude
	at := q.effort()
	if !q.m.claude {
		t.effort = efforts[at].others
		return t
	}
	if q.m.adapts() {
		if c.Effort != nil || c.Budget > 0 {
			t.effort = efforts[at].claude
		}
		return t
	}
	t.budget = efforts[at].budget
	if c.Budget > 0 {
		t.budget = max(c.Budget, minBudget)
	}
	return t
}

// amid reports whether the conversation ends with results of calls that no thought of the
// model's own precedes: Claude then refuses to think by a budget.
func (q *requestWriter) amid() bool { return q.c.Amid(q.readable) }

// effort is the index in efforts of what was asked: by word, or by budget. A word that
// nobody knows, and as much as the model finds right, are medium.
func (q *requestWriter) effort() int {
	const medium = 2
	for i := range efforts {
		switch {
		case q.c.Effort != nil && string(q.c.Effort) == efforts[i].word:
			return i
		case q.c.Effort == nil && q.c.Budget > 0 && q.c.Budget <= efforts[i].budget:
			return i
		}
	}
	if q.c.Effort == nil && q.c.Budget > 0 {
		return len(efforts) - 1
	}
	return medium
}

// additional appends additionalModelRequestFields, in the words of the model's vendor.
func (q *requestWriter) additional(dst []byte) []byte {
	if q.own {
		return dst
	}
	c, t := q.c, &q.think
	at := len(dst)
	dst = append(dst, `,"additionalModelRequestFields":{`...)
	start := len(dst)
	switch {
	case t.on && t.budget > 0:
		dst = scan.AppendInt(append(dst, `"thinking":{"type":"enabled","budget_tokens":`...), t.budget)
		dst = append(dst, "},"...)
	case t.on:
		dst = append(dst, `"thinking":{"type":"adaptive"},`...)
		if t.effort != nil {
			dst = append(scan.AppendQuoted(append(dst, `"output_config":{"effort":`...), t.effort), "},"...)
		}
	case t.effort != nil && q.m.nova2:
		dst = append(scan.AppendQuoted(append(dst, `"reasoningConfig":{"type":"enabled","maxReasoningEffort":`...), t.effort), "},"...)
	case t.effort != nil:
		dst = append(scan.AppendQuoted(append(dst, `"reasoning_effort":`...), t.effort), ',')
	}
	switch {
	case c.TopK == nil:
	case q.m.claude && !t.on && q.m.samples():
		dst = append(append(append(dst, `"top_k":`...), c.TopK...), ',')
	case q.m.nova:
		dst = append(append(append(dst, `"inferenceConfig":{"topK":`...), c.TopK...), "},"...)
	default:
		c.Drop("top_k")
	}
	if c.Betas != nil && q.m.claude {
		dst = append(append(append(dst, `"anthropic_beta":`...), c.Betas...), ',')
	}
	if c.Parallel == core.No && len(c.Tools) > 0 {
		dst = q.single(dst)
	}
	if len(dst) == start {
		return dst[:at]
	}
	dst[len(dst)-1] = '}'
	return dst
}

// single appends Claude's own tool_choice, which alone can say one call at a time.
func (q *requestWriter) single(dst []byte) []byte {
	if !q.alone() {
		q.c.Drop("parallel_tool_calls")
		return dst
	}
	dst = append(dst, `"tool_choice":{"type":`...)
	switch q.chosen() {
	case core.ChooseAny:
		dst = append(dst, `"any"`...)
	case core.ChooseNamed:
		dst = scan.AppendQuoted(append(dst, `"tool","name":`...), q.c.ChoiceName)
	default:
		dst = append(dst, `"auto"`...)
	}
	return append(dst, `,"disable_parallel_tool_use":true},`...)
}
