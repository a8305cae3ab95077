package anthropic

import (
	"strconv"

	"asbru/core"
	"asbru/core/scan"
)

// settings appends the members after the conversation.
func (w *writer) settings() {
	c := w.c
	if w.s.Stream {
		w.b = append(w.b, `,"stream":true`...)
	} else if w.own && c.Shape&chatNoStream != 0 {
		w.b = append(w.b, `,"stream":false`...)
	}
	w.sampling()
	w.stops()
	if c.User != nil && (!w.own || c.Shape&chatRawMetadata == 0) {
		w.b = append(w.b, `,"metadata":{"user_id":`...)
		w.b = append(scan.AppendQuoted(w.b, c.User), '}')
	}
	if c.Tier != nil {
		if w.own || string(c.Tier) == "auto" || string(c.Tier) == "standard_only" {
			w.b = append(w.b, `,"service_tier":`...)
			w.b = scan.AppendQuoted(w.b, c.Tier)
		} else {
			c.Drop("service_tier")
		}
	}
	if w.own && c.Format == core.FormatSchema && c.Shape&(chatOutputFormat|chatRawFormat) == chatOutputFormat {
		w.b = append(w.b, `,"output_format":`...)
		w.appendFormat()
	}
}

// sampling appends temperature, top_p and top_k as far as the model accepts them: none of them with thinking,
// the first two not together, and the newest models none at all.
func (w *writer) sampling() {
	c := w.c
	heat, p, k := c.Temperature, c.TopP, c.TopK
	if !w.own {
		thinks := w.plan.kind == planBudget || w.plan.kind == planAdaptive
		none := thinks || w.row.way == thinkAdaptive
		heat = w.unless(none, heat, "temperature")
		if above1(heat) {
			c.Drop("temperature")
			heat = c.Took(append(c.Room(), '1'))
		}
		p = w.unless(none || w.row.single && heat != nil, p, "top_p")
		k = w.unless(none, k, "top_k")
	}
	w.raw(`,"temperature":`, heat)
	w.raw(`,"top_p":`, p)
	w.raw(`,"top_k":`, k)
}

// above1 reports whether raw is a number above 1, the highest temperature of this format.
func above1(raw []byte) bool {
	if raw == nil {
		return false
	}
	n, err := strconv.ParseFloat(string(raw), 64)
	return err == nil && n > 1
}

// unless returns value, or nil if it is gone, which it then records as dropped. A value of 1, the default, is
// not recorded.
func (w *writer) unless(gone bool, value []byte, name string) []byte {
	if !gone || value == nil {
		return value
	}
	if string(value) != "1" && string(value) != "1.0" {
		w.c.Drop(name)
	}
	return nil
}

func (w *writer) raw(name string, value []byte) {
	if value != nil {
		w.b = append(append(w.b, name...), value...)
	}
}

// stops appends the stop sequences, except for those of only white space, which the provider refuses.
func (w *writer) stops() {
	n := 0
	for _, s := range w.c.Stop {
		if !w.own && blank(s) {
			w.c.Drop("stop")
			continue
		}
		if n == 0 {
			w.b = append(w.b, `,"stop_sequences":[`...)
		} else {
			w.b = append(w.b, ',')
		}
		w.b = scan.AppendQuoted(w.b, s)
		n++
	}
	if n > 0 {
		w.b = append(w.b, ']')
	} else if w.own && w.c.Shape&chatNoStops != 0 {
		w.b = append(w.b, `,"stop_sequences":[]`...)
	}
}

// extras appends the members that only this family has, except for the one called but.
func (w *writer) extras(n int32, but string) {
	if w.own {
		w.b = appendExtras(w.b, &w.c.Tree, n, but)
	}
}

func appendExtras(dst []byte, t *core.Tree, n int32, but string) []byte {
	for n != 0 {
		var e core.Extra
		if e, n = t.Extra(n); but != "" && string(e.Key) == but {
			continue
		}
		dst = scan.AppendQuoted(append(dst, ','), e.Key)
		dst = append(append(dst, ':'), e.Value...)
	}
	return dst
}
