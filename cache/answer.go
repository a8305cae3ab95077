package cache

import (
	"encoding/hex"
	"strconv"
	"time"

	"asbru/cache/entry"
	"asbru/core"
	"asbru/core/scan"
)

// answer makes x.Reply from k. It returns false if k cannot be decoded; k is then removed
// from the cache.
func (v *visit) answer(x *core.Exchange, k *kept, h how) bool {
	s := v.c.takeScratch()
	r := &s.reply
	r.Reset()
	var err error
	if s.beats, err = entry.Read(k.data, nil, r, s.beats[:0]); err != nil {
		v.c.giveScratch(s)
		key := &v.key
		if h == byLikeness || h == byWords {
			key = &v.likeKey
		}
		v.c.takeOut(key)
		return false
	}
	v.tell(x, h, k)
	z := &s.cross
	v.begin(x, z, k)
	if x.Op == core.OpResponses && k.Op == core.OpResponses {
		r.ID = core.Text(k.Native) // a follow-up request refers to the provider's answer by this id
	}
	if len(r.Model) > 0 {
		z.Model = append(z.Model[:0], r.Model...)
	}
	r.Created, v.usage = 0, r.Usage
	full(x, k.Provider, k.Model, &r.Usage)
	codec := x.From.Chats[x.Op]
	x.Reply.Status, x.Reply.Type = 200, "application/json"
	if !x.Peek.Stream {
		v.out = codec.AppendReply(v.out[:0], r, z)
		x.Reply.Body = v.out
		v.done(s)
		return true
	}
	x.Reply.Type = codec.Framing.ContentType(x.Array)
	s.events = z.Replay(s.events[:0], r)
	if len(s.beats) > 1 && v.c.o.Pace && !x.Array {
		v.read.s, v.read.paced, v.read.due = s, true, core.Clock()
		v.read.pacer = entry.NewPacer(s.events, s.beats)
		x.Reply.Source = v
		return true
	}
	v.out = v.out[:0]
	for i := range s.events {
		v.out = codec.AppendEvent(v.out, z, &s.events[i])
	}
	x.Reply.Body = v.out
	v.done(s)
	return true
}

func (v *visit) done(s *scratch) {
	v.x = nil
	v.c.giveScratch(s)
}

// begin prepares z for writing an answer to x. k may be nil.
func (v *visit) begin(x *core.Exchange, z *core.Crossing, k *kept) {
	z.Reset()
	z.To, z.ToOp = x.From, x.Op
	z.Model = append(z.Model, x.Peek.Model...)
	z.Wants = x.Peek.AskUsage
	z.Wall, z.Request = time.Now().Unix(), x.ID
	if x.Array {
		z.W.Flags |= core.ArrayStream
	}
	v.x, v.hit = x, k
	if x.From.Extras && (x.Snap == nil || !x.Snap.Limits.NoExtras) {
		z.Extra = v.extras
	}
}

// tell sets the header fields that say what the cache did.
func (v *visit) tell(x *core.Exchange, h how, k *kept) {
	if v.c.o.repeats {
		v.tellRepeat(x, h, k)
		return
	}
	v.how = h
	v.charge(x, h)
	b := append(append(append(v.fields[:0], "X-Cache: "...), x.Recall.String()...), "\r\n"...)
	if k != nil {
		b = append(strconv.AppendInt(append(b, "Age: "...), max(wall()-k.Born, 0)/int64(time.Second), 10), "\r\n"...)
		b = append(hex.AppendEncode(append(b, "X-Cache-Id: "...), k.ID[:]), "\r\n"...)
	}
	if h == byLikeness || h == byWords {
		b = append(strconv.AppendFloat(append(b, "X-Cache-Similarity: "...), v.match.Similarity, 'f', 3, 64), "\r\n"...)
		b = append(append(append(b, "X-Cache-Guard: "...), v.match.Guard...), "\r\n"...)
	}
	v.fields = b
	x.Reply.Fields = b
}

// appendExtras appends the extra fields that Bifrost's clients expect.
func (v *visit) appendExtras(dst []byte) []byte {
	x, k := v.x, v.hit
	dst = appendName(dst, `"extra_fields":{"request_type":"`, requestType(x.Op, x.Peek.Stream))
	if k != nil {
		dst = appendName(dst, `","provider":"`, k.Provider)
		dst = appendName(dst, `","resolved_model_used":"`, k.Model)
	}
	dst = scan.AppendEscaped(append(dst, `","original_model_requested":"`...), x.Peek.Model)
	dst = strconv.AppendInt(append(dst, `","latency":`...), max(core.Clock()-x.Start, 0)/1e6, 10)
	dst = append(dst, `,"cache_debug":{"cache_hit":true`...)
	kind := "direct"
	if v.how == byLikeness || v.how == byWords {
		kind = "semantic"
	}
	dst = append(appendName(dst, `,"hit_type":"`, kind), '"')
	if v.how == byLikeness || v.how == byWords {
		dst = strconv.AppendFloat(append(dst, `,"similarity":`...), v.match.Similarity, 'g', 6, 64)
		dst = strconv.AppendFloat(append(dst, `,"threshold":`...), v.match.Threshold, 'g', 6, 64)
		dst = append(appendName(dst, `,"guard":"`, v.match.Guard), '"')
	}
	if k != nil {
		dst = append(hex.AppendEncode(append(dst, `,"cache_id":"`...), k.ID[:]), '"')
		dst = scan.AppendEscaped(append(appendName(dst, `,"requested_provider":"`, provider(x)), `","requested_model":"`...), x.Peek.Model)
		dst = appendName(dst, `","provider_used":"`, k.Provider)
		dst = append(appendName(dst, `","model_used":"`, k.Model), '"')
		if u := &v.usage; u.Known {
			dst = strconv.AppendInt(append(dst, `,"input_tokens":`...), u.In, 10)
		}
	}
	return append(dst, "}}"...)
}

// provider returns the name of the provider that would have been asked first.
func provider(x *core.Exchange) string {
	if x.Route != nil && len(x.Route.Targets) > 0 {
		return x.Route.Targets[0].Provider
	}
	return ""
}

func appendName(dst []byte, before, name string) []byte {
	return append(append(dst, before...), name...)
}

// requestType returns Bifrost's name for an operation.
func requestType(op core.Op, stream bool) string {
	words := [...]string{"chat_completion", "chat_completion_stream"}
	switch op {
	case core.OpResponses:
		words = [...]string{"responses", "responses_stream"}
	case core.OpCompletion:
		words = [...]string{"text_completion", "text_completion_stream"}
	}
	if stream {
		return words[1]
	}
	return words[0]
}
