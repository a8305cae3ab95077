package openai

import (
	"asbru/core"
	"asbru/core/scan"
)

// choice writes whether tools must be called, which OpenAI refuses without tools.
func (o *chatOut) choice() {
	c := o.c
	if !o.own && len(c.Tools) == 0 {
		return
	}
	o.dst = appendTri(o.dst, "parallel_tool_calls", c.Parallel)
	if c.Choice == core.ChooseUnsaid || o.own && c.Shape&chatOwnChoice != 0 {
		return
	}
	name := "tool_choice"
	if o.own && c.Shape&chatOldChoice != 0 {
		name = "function_call"
	}
	o.dst = append(append(append(o.dst, ',', '"'), name...), '"', ':')
	switch c.Choice {
	case core.ChooseAuto:
		o.dst = append(o.dst, `"auto"`...)
	case core.ChooseNone:
		o.dst = append(o.dst, `"none"`...)
	case core.ChooseAny:
		word := `"required"`
		if o.quirks&core.QuirkAnyChoice != 0 || o.own && o.s.Face == nil && c.Shape&chatAnyWord != 0 {
			word = `"any"`
		}
		o.dst = append(o.dst, word...)
	case core.ChooseNamed:
		if name == "function_call" {
			o.dst = append(scan.AppendQuoted(append(o.dst, `{"name":`...), c.ChoiceName), '}')
			return
		}
		o.dst = append(o.dst, `{"type":"function","function":{"name":`...)
		o.dst = append(scan.AppendQuoted(o.dst, c.ChoiceName), '}', '}')
	}
}

// format writes the required format of the answer.
func (o *chatOut) format() {
	c := o.c
	if c.Format == core.FormatUnsaid || o.ownFormat() || c.Format == core.FormatText && !o.own {
		return
	}
	o.dst = append(o.dst, `,"response_format":{"type":`...)
	switch {
	case c.Format == core.FormatText:
		o.dst = append(o.dst, `"text"`...)
	case c.Format == core.FormatJSON:
		o.dst = append(o.dst, `"json_object"`...)
	case o.quirks&core.QuirkNoSchema != 0:
		o.dst = append(o.dst, `"json_object"`...)
		c.Drop("response_format.json_schema")
	default:
		o.dst = append(o.dst, `"json_schema","json_schema":{"name":`...)
		if c.FormatName != nil {
			o.dst = scan.AppendQuoted(o.dst, c.FormatName)
		} else {
			o.dst = append(o.dst, `"response"`...) // a name is required
		}
		if c.FormatNote != nil {
			o.dst = appendTextMember(o.dst, "description", c.FormatNote)
		}
		if c.Schema != nil {
			o.dst = appendMember(o.dst, "schema", c.Schema)
		}
		o.dst = append(appendTri(o.dst, "strict", c.Strict), '}')
	}
	o.dst = append(o.dst, '}')
}

// ownFormat reports whether the response format is written as it came.
func (o *chatOut) ownFormat() bool {
	return o.own && o.c.Shape&chatOwnFormat != 0 && (o.c.Format != core.FormatSchema || o.quirks&core.QuirkNoSchema == 0)
}

// extras writes the members that only this family has, except for those written already.
func (o *chatOut) extras() {
	for more := o.c.More; more != 0; {
		var e core.Extra
		e, more = o.c.Extra(more)
		switch string(e.Key) {
		case "stream_options":
			continue // see options
		case "response_format":
			if e.Value[0] == '{' && o.c.Format != core.FormatUnsaid && !o.ownFormat() {
				continue
			}
		}
		o.dst = append(scan.AppendQuoted(append(o.dst, ','), e.Key), ':')
		o.dst = append(o.dst, e.Value...)
	}
}
