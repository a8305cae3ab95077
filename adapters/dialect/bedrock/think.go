package bedrock

import (
	"asbru/core"
	"asbru/core/scan"
)

// A thinking is the settings of thinking for a model.
type thinking struct {
	on     bool      // Claude thinks, which excludes some other fields
	budget int64     // tokens, for a Claude that accepts a budget
	effort core.Text // for models that accept a word
}

// efforts are the words for how much to think, and the budgets for models that take tokens. The budgets are a
// convention of gateways, not of a vendor.
var efforts = [...]struct {
	word   string
	budget int64
	claude core.Text // Claude's word
	others core.Text // the word of Nova and gpt-oss
}{
	{"minimal", 1024, core.Text("low"), core.Text("low")},
	{"low", 2048, core.Text("low"), core.Text("low")},
	{"medium", 8192, core.Text("medium"), core.Text("medium")},
	{"high", 16384, core.Text("high"), core.Text("high")},
	{"xhigh", 32768, core.Text("max"), core.Text("high")},
	{"max", 32768, core.Text("max"), core.Text("high")},
}

// minBudget is the smallest budget that Claude accepts.
const minBudget = 1024

// thinks decides how to ask for thinking. Requests of this family have the model's own settings.
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

// amid reports whether the conversation ends with results of calls that are not preceded by a thought of the
// model: then Claude refuses a budget for thinking.
func (q *requestWriter) amid() bool { return q.c.Amid(q.readable) }

// effort returns the index in efforts of the requested word or budget. Unknown words, and leaving it to the
// model, are medium.
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

// additional appends additionalModelRequestFields, in the format of the model's vendor.
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

// single appends Claude's own tool_choice, which Converse needs to allow only one call at a time.
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
