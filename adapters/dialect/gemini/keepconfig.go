package gemini

import (
	"bytes"

	"asbru/core"
	"asbru/core/scan"
)

// keptTools appends the members tools and toolConfig.
func keptTools(dst []byte, c *core.Chat) []byte {
	if key, value := hidden(c, kTools); key != nil && len(c.Tools) == 0 {
		dst = append(append(scan.AppendQuoted(sep(dst), key), ':'), value...)
	}
	if len(c.Tools) > 0 {
		dst = append(field(dst, "tools"), '[')
		for i := 0; i < len(c.Tools); {
			j := i + 1
			for j < len(c.Tools) && c.Tools[j].Shape&toolJoined != 0 {
				j++
			}
			dst = keptTool(sep(dst), c, i, j)
			i = j
		}
		dst = append(dst, ']')
	}
	key, value := hidden(c, kToolConfig)
	if key != nil && chosen(c, value) {
		return append(append(scan.AppendQuoted(sep(dst), key), ':'), value...)
	}
	if c.Choice != core.ChooseUnsaid {
		return appendToolConfig(field(dst, "toolConfig"), c)
	}
	return dst
}

// chosen reports whether c's choice equals that of the toolConfig value.
func chosen(c *core.Chat, value []byte) bool {
	choice, names := choiceOf(value)
	n := 0
	w := scan.Elements(names)
	for {
		if _, _, ok := w.Next(); !ok {
			break
		}
		n++
	}
	if choice == core.ChooseAny && n == 1 {
		return c.Choice == core.ChooseNamed && bytes.Contains(names, c.ChoiceName)
	}
	return c.Choice == choice && len(c.Allowed) == n
}

// keptTool appends the tools from i to j as one object: the one they were read from if it has as many.
func keptTool(dst []byte, c *core.Chat, i, j int) []byte {
	if _, object := around(c, &c.Tools[i]); object != nil && holds(object) == j-i {
		return append(dst, object...)
	}
	dst = append(dst, '{')
	for n := i; n < j; n++ {
		if t := &c.Tools[n]; t.Type != nil {
			dst = append(append(scan.AppendQuoted(sep(dst), t.Type), ':'), t.Raw...)
		}
	}
	open := false
	for n := i; n < j; n++ {
		t := &c.Tools[n]
		if t.Type != nil {
			continue
		}
		if !open {
			dst, open = append(field(dst, "functionDeclarations"), '['), true
		}
		if raw, _ := around(c, t); raw != nil {
			dst = append(sep(dst), raw...)
		} else {
			dst = appendDeclaration(sep(dst), t)
		}
	}
	if open {
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

// holds returns the number of tools that parseTools finds in object.
func holds(object []byte) int {
	n := 0
	w := scan.Members(object)
	for {
		key, value, ok := w.Next()
		if !ok {
			return n
		}
		if word(key) != kFunctionDeclarations {
			if !scan.IsNull(value) {
				n++
			}
			continue
		}
		list := scan.Elements(value)
		for {
			if _, _, ok := list.Next(); !ok {
				break
			}
			n++
		}
	}
}

// keptConfig appends the member generationConfig as it was read, with the form's present numbers and stop sequences.
func keptConfig(dst []byte, c *core.Chat) []byte {
	key, value := hidden(c, kGenerationConfig)
	if key == nil {
		at := len(dst)
		dst = append(field(dst, "generationConfig"), '{')
		open := len(dst)
		if dst = appendFigures(dst, c); len(dst) == open {
			return dst[:at]
		}
		return append(dst, '}')
	}
	dst = append(scan.AppendQuoted(sep(dst), key), ':')
	if len(value) == 0 || value[0] != '{' {
		return append(dst, value...)
	}
	dst = append(dst, '{')
	var read [kPresencePenalty + 1]bool
	w := scan.Members(value)
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		k := word(key)
		dst = keptSetting(dst, c, k, key, value)
		if int(k) < len(read) {
			read[k] = true
		}
	}
	for k := kMaxOutputTokens; k <= kPresencePenalty; k++ {
		if at := figure(c, k); at != nil && !read[k] && !scan.IsNull(*at) {
			dst = append(field(dst, figureName(k)), *at...)
		}
	}
	return append(dst, '}')
}

func keptSetting(dst []byte, c *core.Chat, k known, key, value []byte) []byte {
	at := figure(c, k)
	if at != nil && number(value) != nil && !bytes.Equal(number(value), *at) {
		if scan.IsNull(*at) {
			return dst
		}
		value = *at
	}
	dst = append(scan.AppendQuoted(sep(dst), key), ':')
	if k == kStopSequences && len(value) > 0 && value[0] == '[' {
		return append(appendTexts(append(dst, '['), c.Stop), ']')
	}
	return append(dst, value...)
}
