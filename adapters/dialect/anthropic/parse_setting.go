package anthropic

import (
	"strconv"

	"asbru/adapters/body"
	"asbru/core"
	"asbru/core/scan"
)

// tools reads the tools that the model may call.
func tools(c *core.Chat, value []byte) *core.Fault {
	if !opens(value, '[') {
		return unfit("tools", "an array")
	}
	before := len(c.Tools)
	w := scan.Elements(value)
	for n := 0; ; n++ {
		_, one, more := w.Next()
		if !more {
			break
		}
		tool := readTool(c, one)
		if tool.Type == nil && len(tool.Name) == 0 {
			return body.Invalid("tools."+strconv.Itoa(n), "cannot read tool "+strconv.Itoa(n)+": it has no name", "")
		}
		c.Tools = append(c.Tools, tool)
	}
	if len(c.Tools) == before {
		c.Shape |= chatNoTools
	}
	return nil
}

// readTool reads one tool. One with a type is hosted by the provider and kept whole.
func readTool(c *core.Chat, raw []byte) (tool core.Tool) {
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		yes, isBool := scan.Bool(value)
		switch {
		case string(key) == "type" && scan.IsString(value):
			if kind, _ := scan.Inside(value); string(kind) != "custom" {
				return core.Tool{Type: kind, Raw: raw}
			}
			tool.Shape |= toolCustom
		case string(key) == "name" && scan.IsString(value):
			tool.Name, _ = scan.Inside(value)
		case string(key) == "description" && scan.IsString(value):
			tool.Note, _ = scan.Inside(value)
		case string(key) == "input_schema":
			tool.Schema = value
		case string(key) == "strict" && isBool:
			tool.Strict = core.Of(yes)
		case string(key) == "cache_control" && opens(value, '{'):
			var full bool
			if tool.Cache, full = cacheMark(value); !full {
				tool.Shape |= toolRawCache
				c.Keep(&tool.More, key, value)
			}
		default:
			c.Keep(&tool.More, key, value)
		}
	}
	return tool
}

// toolChoice reads whether tools must be called. full is false if it has unknown members.
func toolChoice(c *core.Chat, raw []byte) (full bool) {
	full = true
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			return full && c.Choice != core.ChooseUnsaid
		}
		one, isBool := scan.Bool(value)
		switch {
		case string(key) == "type":
			switch string(value) {
			case `"auto"`:
				c.Choice = core.ChooseAuto
			case `"any"`:
				c.Choice = core.ChooseAny
			case `"tool"`:
				c.Choice = core.ChooseNamed
			case `"none"`:
				c.Choice = core.ChooseNone
			}
		case string(key) == "name" && scan.IsString(value):
			c.ChoiceName, _ = scan.Inside(value)
		case string(key) == "disable_parallel_tool_use" && isBool:
			c.Parallel = core.Of(!one)
		default:
			full = false
		}
	}
}

// thinking reads how the model should think. full is false if it has unknown members.
func thinking(c *core.Chat, raw []byte) (full bool) {
	full = true
	var kind []byte
	budget := int64(core.BudgetUnset)
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		n, isInt := scan.Int(value)
		switch {
		case string(key) == "type":
			kind = value
		case string(key) == "budget_tokens" && isInt && n > 0:
			budget = n
		case string(key) == "display" && (string(value) == `"summarized"` || string(value) == `"omitted"`):
			c.Shows = core.Of(string(value) == `"summarized"`)
			c.Shape |= chatDisplay
		default:
			full = false
		}
	}
	switch string(kind) {
	case `"enabled"`:
		if c.Budget = budget; budget == core.BudgetUnset {
			c.Budget, full = core.BudgetAuto, false
		}
	case `"adaptive"`:
		c.Budget = core.BudgetAuto
		full = full && budget == core.BudgetUnset
	case `"disabled"`:
		c.Budget = 0
		return full && budget == core.BudgetUnset
	default:
		return false
	}
	if c.Shows == core.Unsaid {
		c.Shows = core.Yes // clients of this format see it
	}
	return full
}

// outputConfig reads effort and format. full is false if it has unknown members.
func outputConfig(c *core.Chat, raw []byte) (full bool) {
	full = true
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			return full && (c.Effort != nil || c.Format != core.FormatUnsaid)
		}
		switch {
		case string(key) == "effort" && scan.IsString(value):
			c.Effort, _ = scan.Inside(value)
		case string(key) == "format" && opens(value, '{'):
			full = schemaFormat(c, value) && full
		default:
			full = false
		}
	}
}

// schemaFormat reads {"type":"json_schema","schema":{}}. full is false if it has other members, or lacks one.
func schemaFormat(c *core.Chat, raw []byte) (full bool) {
	full = true
	var kind, schema []byte
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			break
		}
		switch string(key) {
		case "type":
			kind = value
		case "schema":
			schema = value
		default:
			full = false
		}
	}
	if string(kind) != `"json_schema"` || schema == nil {
		return false
	}
	c.Format, c.Schema = core.FormatSchema, schema
	return full
}

// metadata reads the user. full is false if it has other members.
func metadata(c *core.Chat, raw []byte) (full bool) {
	full = true
	w := scan.Members(raw)
	for {
		key, value, more := w.Next()
		if !more {
			return full && c.User != nil
		}
		if string(key) == "user_id" && scan.IsString(value) {
			c.User, _ = scan.Inside(value)
		} else {
			full = false
		}
	}
}
