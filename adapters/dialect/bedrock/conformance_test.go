package bedrock

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
	"asbru/core/eventstream"
	"asbru/core/scan"
)

// A request is read and written again without loss.
func TestRecordedRequests(t *testing.T) {
	d := dialect()
	n := 0
	for _, c := range recorded(t, "converse", nil) {
		if c.Request == nil || c.Request.Body == nil {
			continue
		}
		n++
		chat := core.NewChat()
		chat.From = d
		var p core.Peek
		if f := d.Peek(c.Request.Body, core.OpChat, &p); f != nil {
			t.Errorf("%s: %s", c.ID, f.Message)
		}
		if f := parseRequest(chat, c.Request.Body); f != nil {
			t.Errorf("%s: %s", c.ID, f.Message)
			continue
		}
		got, f := asks(chat, c.Model)
		if f != nil {
			t.Errorf("%s: %s", c.ID, f.Message)
			continue
		}
		if diff := corpus.Diff(got, c.Request.Body); diff != "" {
			t.Errorf("%s: %s", c.ID, diff)
		}
	}
	t.Logf("%d requests", n)
}

// The same request, as if it came from another family, is valid for Converse: roles alternate, the user begins,
// no block is empty and the tools are listed.
func TestRecordedRequestsFromElsewhere(t *testing.T) {
	for _, c := range recorded(t, "converse", nil) {
		if c.Request == nil || c.Request.Body == nil {
			continue
		}
		chat := core.NewChat()
		if f := parseRequest(chat, c.Request.Body); f != nil {
			t.Errorf("%s: %s", c.ID, f.Message)
			continue
		}
		got, f := asks(chat, c.Model)
		if f != nil {
			if chat.Tools == nil || f.Param != "tools" {
				t.Errorf("%s: %s", c.ID, f.Message)
			}
			continue
		}
		var out struct {
			Messages []struct {
				Role    string
				Content []map[string]any
			}
			ToolConfig map[string]any
		}
		if err := json.Unmarshal(got, &out); err != nil {
			t.Errorf("%s: %v: %s", c.ID, err, got)
			continue
		}
		for i, m := range out.Messages {
			if want := [...]string{"user", "assistant"}[i%2]; m.Role != want || len(m.Content) == 0 {
				t.Errorf("%s: message %d is %s's, with %d blocks", c.ID, i, m.Role, len(m.Content))
			}
			for _, b := range m.Content {
				if b["toolUse"] != nil && out.ToolConfig == nil {
					t.Errorf("%s: a toolUse and no toolConfig", c.ID)
				}
			}
		}
	}
}

func TestRecordedReplies(t *testing.T) {
	d := dialect()
	n := 0
	for _, c := range recorded(t, "converse", func(c *corpus.Case) bool { return !c.Stream }) {
		r := core.NewCompletion()
		r.From = d
		err := parseReply(r, c.Response.Body)
		if c.Response.Status != 200 {
			var f core.Fault
			readFault(c.Response.Body, &f)
			if err == nil || f.Message == "" {
				t.Errorf("%s: status %d: %v, message %q", c.ID, c.Response.Status, err, f.Message)
			}
			continue
		}
		n++
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		if diff := corpus.Diff(appendReply(nil, r, nil), c.Response.Body); diff != "" {
			t.Errorf("%s: %s", c.ID, diff)
		}
		checkUsage(t, c.ID, &r.Usage, c.Response.Body)
		if r.Choices[0].Finish == core.FinishUnsaid {
			t.Errorf("%s: finish %q is unknown", c.ID, r.Choices[0].Native)
		}
		r.From = nil // and for a client of Converse, from another family
		if body := appendReply(nil, r, nil); scan.Valid(body) != nil {
			t.Errorf("%s: written for another family it is no JSON: %s", c.ID, body)
		}
	}
	t.Logf("%d replies", n)
}

// checkUsage compares u with the totals in the body.
func checkUsage(t *testing.T, id string, u *core.Usage, body []byte) {
	t.Helper()
	var want struct {
		Usage struct{ InputTokens, OutputTokens, TotalTokens, CacheReadInputTokens, CacheWriteInputTokens int64 }
	}
	if err := json.Unmarshal(body, &want); err != nil {
		t.Fatal(err)
	}
	w := &want.Usage
	if !u.Known || u.Out != w.OutputTokens || u.CachedIn != w.CacheReadInputTokens || u.WrittenIn != w.CacheWriteInputTokens ||
		u.In != w.InputTokens+u.CachedIn+u.WrittenIn || u.In+u.Out != w.TotalTokens {
		t.Errorf("%s: usage %+v of %+v", id, u, w)
	}
	var scanned core.Usage
	if readUsage(body, &scanned); scanned != *u {
		t.Errorf("%s: scanned usage %+v, parsed %+v", id, scanned, u)
	}
}

// A stream that is read, written and read again yields the same.
func TestRecordedStreams(t *testing.T) {
	d := dialect()
	codec := d.Chats[core.OpChat]
	n := 0
	for _, c := range recorded(t, "converse", func(c *corpus.Case) bool { return c.Stream && c.Response.Status == 200 }) {
		n++
		messages, err := cut([][]byte{c.Bytes()})
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		x := core.NewCrossing()
		x.From, x.To = d, d
		said, frames, err := read(codec, codec, x, messages)
		if err != nil || !x.Started || !x.Finished || !x.Ended || !x.Usage.Known {
			t.Errorf("%s: %v; started %v, finished %v, ended %v, usage %+v", c.ID, err, x.Started, x.Finished, x.Ended, x.Usage)
		}
		again, err := cut([][]byte{frames})
		if err != nil {
			t.Errorf("%s: written frames: %v", c.ID, err)
		}
		y := core.NewCrossing()
		y.From = d
		if second, _, err := read(codec, nil, y, again); err != nil || lines(second) != lines(said) {
			t.Errorf("%s: written and read again it says\n%s\n%v; it said\n%s", c.ID, lines(second), err, lines(said))
		}
		checkScan(t, c.ID, messages, x)
		checkFrames(t, c.ID, messages, again)
	}
	t.Logf("%d streams", n)
}

// checkFrames compares the content of frames, without padding.
func checkFrames(t *testing.T, id string, want, got []eventstream.Message) {
	t.Helper()
	if len(want) != len(got) {
		t.Errorf("%s: %d frames were written for %d", id, len(got), len(want))
		return
	}
	for i := range want {
		if d := corpus.Diff(got[i].Payload, want[i].Payload, "p"); d != "" || string(got[i].Type) != string(want[i].Type) {
			t.Errorf("%s: frame %d: %s is %s: %s", id, i, want[i].Type, got[i].Type, d)
		}
	}
}

// checkScan compares the facts that ReadEvent finds with the parsed events.
func checkScan(t *testing.T, id string, messages []eventstream.Message, x *core.Crossing) {
	t.Helper()
	var st core.StreamState
	for _, m := range messages {
		readEvent(m.Payload, &st)
	}
	if st.Usage != x.Usage || !st.Content || !st.Finished || !st.Done || st.Failed {
		t.Errorf("%s: scanned %+v, parsed usage %+v", id, st, x.Usage)
	}
}

func TestRecordedInvokes(t *testing.T) {
	d := dialect()
	codec := d.Chats[core.OpInvoke]
	for _, c := range recorded(t, "invoke", nil) {
		if c.Request != nil && c.Request.Body != nil {
			chat := core.NewChat()
			chat.From, chat.Op = d, core.OpInvoke
			f := codec.ParseRequest(chat, c.Request.Body)
			if claude := bytes.Contains(c.Request.Body, []byte(`"anthropic_version"`)); claude != (f == nil) {
				t.Errorf("%s: %v", c.ID, f)
			}
			if f == nil {
				got, f := codec.AppendRequest(nil, chat, &core.Send{Model: []byte(c.Model), Stream: c.Stream})
				if f != nil {
					t.Errorf("%s: %s", c.ID, f.Message)
				} else if diff := corpus.Diff(got, c.Request.Body); diff != "" {
					t.Errorf("%s: %s", c.ID, diff)
				}
			}
		}
		if c.Response.Status != 200 {
			continue
		}
		if !c.Stream {
			var u core.Usage
			if readUsage(c.Response.Body, &u); !u.Known || u.In == 0 || u.Out == 0 {
				t.Errorf("%s: usage %+v", c.ID, u)
			}
			continue
		}
		checkInvokeStream(t, d, c)
	}
}

// checkInvokeStream reads chunks, writes them and compares their content.
func checkInvokeStream(t *testing.T, d *core.Dialect, c *corpus.Case) {
	t.Helper()
	codec := d.Chats[core.OpInvoke]
	messages, err := cut([][]byte{c.Bytes()})
	if err != nil {
		t.Errorf("%s: %v", c.ID, err)
		return
	}
	x := core.NewCrossing()
	x.From, x.FromOp, x.To, x.ToOp = d, core.OpInvoke, d, core.OpInvoke
	_, frames, err := read(codec, codec, x, messages)
	if err != nil {
		t.Errorf("%s: %v", c.ID, err)
	}
	again, err := cut([][]byte{frames})
	if err != nil || len(again) != len(messages) {
		t.Errorf("%s: %d chunks of %d, %v", c.ID, len(again), len(messages), err)
		return
	}
	var st core.StreamState
	for i, m := range messages {
		want, got := chunk(t, m.Payload), chunk(t, again[i].Payload)
		if diff := corpus.Diff(got, want, "amazon-bedrock-invocationMetrics"); diff != "" {
			t.Errorf("%s: chunk %d: %s", c.ID, i, diff)
		}
		readEvent(m.Payload, &st)
	}
	if !st.Content || !st.Finished || !st.Done || st.Failed || !st.Usage.Known || st.Usage.In == 0 || st.Usage.Out == 0 {
		t.Errorf("%s: scanned %+v", c.ID, st)
	}
}

func chunk(t *testing.T, payload []byte) []byte {
	t.Helper()
	var in struct{ Bytes string }
	if err := json.Unmarshal(payload, &in); err != nil {
		t.Fatal(err)
	}
	b, err := base64.StdEncoding.DecodeString(in.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRecordedCounts(t *testing.T) {
	d := dialect()
	for _, c := range recorded(t, "count_tokens", nil) {
		chat := core.NewChat()
		chat.From, chat.Op = d, core.OpCount
		if f := d.Counts.ParseRequest(chat, c.Request.Body); f != nil {
			t.Errorf("%s: %s", c.ID, f.Message)
			continue
		}
		got, f := d.Counts.AppendRequest(nil, chat, &core.Send{Model: []byte(c.Model)})
		if f != nil {
			t.Errorf("%s: %s", c.ID, f.Message)
		} else if diff := corpus.Diff(got, c.Request.Body); diff != "" {
			t.Errorf("%s: %s", c.ID, diff)
		}
		tokens, err := d.Counts.ParseReply(c.Response.Body)
		if c.Response.Status == 200 && err != nil {
			t.Errorf("%s: %v", c.ID, err)
		}
		if err == nil && corpus.Diff(d.Counts.AppendReply(nil, tokens), c.Response.Body) != "" {
			t.Errorf("%s: %d tokens of %s", c.ID, tokens, c.Response.Body)
		}
	}
}
