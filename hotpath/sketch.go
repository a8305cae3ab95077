package hotpath

import (
	"slices"
	"strings"

	"asbru/core"
	"asbru/hotpath/frame"
)

// sketch reads an answer in the format of its client, whole in seen, into k. It reports false
// when that cannot be read, or did not come to its end.
func sketch(k *core.Sketch, from *core.Dialect, op core.Op, stream bool, seen []byte) bool {
	codec := from.Chats[op]
	switch {
	case codec == nil: // embeddings and the like have no outline
		return len(seen) > 0
	case stream && codec.Framing == core.FramingSSE:
		return sketchStream(k, codec, from, op, seen)
	case stream:
		return false
	}
	var r core.Completion
	r.From, r.Op = from, op
	if codec.ParseReply(&r, seen) != nil || len(r.Choices) == 0 {
		return false
	}
	k.Finish = r.Choices[0].Finish
	var calls []string
	for i := range r.Parts {
		switch p := &r.Parts[i]; p.Kind {
		case core.PartText:
			k.Text += len(p.Text)
		case core.PartCall:
			args := p.Args
			if p.Wraps {
				args = unwrap(args)
			}
			calls = append(calls, shape(string(p.Name), args))
		}
	}
	k.Calls = together(calls)
	return true
}

// sketchStream is sketch for server-sent events.
func sketchStream(k *core.Sketch, codec *core.ChatCodec, from *core.Dialect, op core.Op, seen []byte) bool {
	z := core.NewCrossing()
	z.From, z.FromOp = from, op
	cut := frame.Cutter{}
	cut.Grow = func(old []byte, need int) []byte { return append(make([]byte, 0, need), old...) }
	cut.Free = func([]byte) {}
	args := map[int32][]byte{}
	var evs []core.Event
	for len(seen) > 0 {
		raw, ev, n, err := cut.Next(seen)
		if err != nil {
			return false
		}
		if seen = seen[n:]; raw == nil || ev.Comment {
			continue
		}
		if evs, err = codec.ParseEvent(evs[:0], z, ev.Type, ev.Data); err != nil {
			continue
		}
		for i := range evs {
			switch e := &evs[i]; e.Kind {
			case core.EventDelta:
				if kind := z.Blocks[e.Block].Kind; kind == core.PartText {
					k.Text += len(e.Text)
				} else if kind == core.PartCall {
					args[e.Block] = append(args[e.Block], e.Text...)
				}
			case core.EventFinish:
				k.Finish = e.Finish
			case core.EventFault:
				return false
			}
		}
	}
	var calls []string
	for i := range z.Blocks {
		if b := &z.Blocks[i]; b.Kind == core.PartCall {
			calls = append(calls, shape(string(b.Name), unwrap(args[int32(i)])))
		}
	}
	k.Calls = together(calls)
	return z.Finished
}

// shape is a call's name with the names of its arguments, of the top level.
func shape(name string, args []byte) string {
	keys := keysOf(args)
	slices.Sort(keys)
	return name + "(" + strings.Join(keys, ",") + ")"
}

// unwrap takes the escapes of quotes and backslashes off the inside of a JSON string that
// holds JSON. The others mean nothing outside of that JSON's own strings.
func unwrap(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
			if text[i] != '"' && text[i] != '\\' && text[i] != '/' {
				out = append(out, ' ')
				continue
			}
		}
		out = append(out, text[i])
	}
	return out
}

// keysOf lists the names of the members of a JSON object, without those inside them.
func keysOf(doc []byte) (keys []string) {
	depth, from := 0, -1 // from: where the string under way begins
	var last string
	for i := 0; i < len(doc); i++ {
		switch c := doc[i]; {
		case from >= 0 && c == '\\':
			i++
		case c == '"' && from >= 0:
			last, from = string(doc[from:i]), -1
		case from >= 0:
		case c == '"':
			from = i + 1
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		case c == ':' && depth == 1:
			keys = append(keys, last)
		}
	}
	return keys
}

func together(calls []string) string {
	slices.Sort(calls)
	return strings.Join(calls, " ")
}
