package gemini

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// A generation is how thinking is configured for a model.
type generation uint8

const (
	thinksByBudget generation = iota // 2.5, and names without a version
	thinksByLevel                    // 3 and up
	thinksNever                      // 2.0 and before
)

// generationOf derives it from the model's name, which may follow a path.
// https://ai.google.dev/gemini-api/docs/thinking
func generationOf(model []byte) generation {
	for _, old := range [...]string{"gemini-1", "gemini-2.0", "gemma", "learnlm"} {
		if bytes.Contains(model, []byte(old)) {
			return thinksNever
		}
	}
	i := bytes.Index(model, []byte("gemini-"))
	if i >= 0 && i+7 < len(model) && '3' <= model[i+7] && model[i+7] <= '9' {
		return thinksByLevel
	}
	return thinksByBudget
}

// appendThinking appends the member thinkingConfig, if c has any setting of thinking.
func appendThinking(dst []byte, c *core.Chat, model []byte, gen generation) []byte {
	shows := c.Shows
	if shows == core.Unsaid && c.Summary != nil {
		shows = core.Of(string(c.Summary) != "none")
	}
	said := c.Effort != nil || c.Budget != core.BudgetUnset
	if shows == core.Unsaid && thoughtful(c) {
		shows = core.Yes
	}
	if gen == thinksNever {
		if said && string(c.Effort) != "none" && c.Budget != 0 {
			c.Drop("reasoning_effort")
		}
		return dst
	}
	at := len(dst)
	dst = append(field(dst, "thinkingConfig"), '{')
	open := len(dst)
	if said && gen == thinksByLevel {
		if level := levelOf(c, model); level != "" {
			dst = append(append(append(field(dst, "thinkingLevel"), '"'), level...), '"')
		}
	} else if said {
		if n := budgetOf(c, model); n != core.BudgetUnset {
			dst = scan.AppendInt(field(dst, "thinkingBudget"), n)
		}
	}
	if shows != core.Unsaid {
		dst = append(field(dst, "includeThoughts"), boolean(shows == core.Yes)...)
	}
	if len(dst) == open {
		return dst[:at]
	}
	return append(dst, '}')
}

// thoughtful reports whether clients of c's format that ask for thinking also see it. In all formats they do, except for
// Gemini's and Responses, which have a separate setting for that.
func thoughtful(c *core.Chat) bool {
	if c.From == &api || c.Op == core.OpResponses {
		return false
	}
	return c.Budget > 0 || c.Budget == core.BudgetAuto || c.Effort != nil && string(c.Effort) != "none" && string(c.Effort) != "minimal"
}

// levelOf returns the thinkingLevel for c; empty: the model's default. A budget counts as the level for which others have that
// budget. Thinking cannot be turned off, and only the small models have a level below LOW.
func levelOf(c *core.Chat, model []byte) string {
	least := "MINIMAL"
	if bytes.Contains(model, []byte("pro")) {
		least = "LOW"
	}
	switch string(c.Effort) {
	case "none", "minimal":
		return least
	case "low":
		return "LOW"
	case "medium":
		if bytes.Contains(model, []byte("gemini-3-pro")) {
			return "HIGH" // it has no MEDIUM
		}
		return "MEDIUM"
	case "high", "xhigh", "max":
		return "HIGH"
	}
	switch n := c.Budget; {
	case n < 0:
		return ""
	case n == 0:
		return least
	case n <= 4096:
		return "LOW"
	case n <= 12288 && !bytes.Contains(model, []byte("gemini-3-pro")):
		return "MEDIUM"
	}
	return "HIGH"
}

// budgetOf returns the thinkingBudget for c, within the model's range: at least 128 tokens and at most 32768 for Pro, at most
// 24576 for the others, and at least 512 or none for Lite.
func budgetOf(c *core.Chat, model []byte) int64 {
	n := c.Budget
	if n == core.BudgetUnset {
		switch string(c.Effort) {
		case "none":
			n = 0
		case "minimal":
			n = 1024
		case "low":
			n = 2048
		case "medium":
			n = 8192
		case "high":
			n = 24576
		case "xhigh", "max":
			n = 32768
		default:
			return core.BudgetUnset
		}
	}
	switch {
	case n < 0:
		return n
	case bytes.Contains(model, []byte("2.5-pro")):
		return min(max(n, 128), 32768)
	case bytes.Contains(model, []byte("lite")) && n > 0:
		return min(max(n, 512), 24576)
	}
	return min(n, 24576)
}
