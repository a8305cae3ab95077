package gemini

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"asbru/bench/corpus"
	"asbru/core"
)

// say is what events tell, a line each, with neighbouring deltas joined and without the
// usage, which may come anywhere. own: what only this format has, too.
func say(x *core.Crossing, ev []core.Event, own bool) []string {
	var out []string
	for i := range ev {
		e := &ev[i]
		line := ""
		switch e.Kind {
		case core.EventUsage:
			continue
		case core.EventStart:
			if line = fmt.Sprintf("start %s", x.Model); own {
				line += " " + string(x.ID)
			}
		case core.EventFinish:
			line = fmt.Sprintf("%d finish %d", e.Choice, e.Finish)
			if own {
				line += " " + string(e.Native)
			}
		case core.EventCite:
			line = fmt.Sprintf("%d cite %s %s", e.Choice, e.Cite.URL, e.Cite.Title)
			if len(e.Cite.URL) == 0 || !own {
				continue
			}
		case core.EventOther:
			if !own {
				continue
			}
			line = fmt.Sprintf("%d other %s %s", e.Choice, e.Name, bytes.ReplaceAll(e.Raw, []byte("\n"), nil))
		case core.EventFault, core.EventEnd:
			line = fmt.Sprintf("kind %d", e.Kind)
		case core.EventDelta:
			b := &x.Blocks[e.Block]
			if len(e.Text) == 0 {
				continue
			}
			line = fmt.Sprintf("%d delta %d %s", e.Choice, b.Kind, e.Text)
			if n := len(out) - 1; n >= 0 && strings.HasPrefix(out[n], fmt.Sprintf("%d delta %d ", e.Choice, b.Kind)) {
				out[n] += string(e.Text)
				continue
			}
		default:
			b := &x.Blocks[e.Block]
			line = fmt.Sprintf("%d %d block %d %s %s %s", e.Choice, e.Kind, b.Kind, b.Name, b.ID, b.Media)
			if e.Kind == core.EventSign {
				line = fmt.Sprintf("%d sign %d %s %s", e.Choice, b.Kind, b.Vendor, b.Sign)
			}
		}
		out = append(out, line)
	}
	return out
}

// cross reads data frame by frame and writes it again, as from which dialect. It returns
// what the events say and the frames that were written.
func cross(t *testing.T, data [][]byte, from *core.Dialect, flags uint32) (said []string, out []byte, x *core.Crossing) {
	t.Helper()
	x = core.NewCrossing()
	x.From, x.To, x.W.Flags = from, &api, flags
	var all []core.Event
	for _, d := range append(data, nil) {
		ev, err := parseEvent(nil, x, nil, d)
		if err != nil {
			t.Fatalf("%s: %v", d, err)
		}
		for i := range ev {
			out = appendEvent(out, x, &ev[i])
			ev[i].Text = bytes.Clone(ev[i].Text)
		}
		all = append(all, ev...)
	}
	return say(x, all, from == &api), out, x
}

// Each recorded stream is written as it was understood: read again, it says the same, and
// so it does when it is written as another format's, but for what only this one has.
func TestRecordedStreams(t *testing.T) {
	n := 0
	for _, c := range recorded(t, "generateContent") {
		if !c.Stream || c.Response.Status != 200 {
			continue
		}
		n++
		var data [][]byte
		if c.Response.SSE != "" {
			for how, pieces := range c.Splits() {
				got := frames(pieces)
				if data != nil && !bytes.Equal(bytes.Join(got, nil), bytes.Join(data, nil)) {
					t.Errorf("%s: %s: frames differ", c.ID, how)
				}
				data = got
			}
		} else {
			data = elements(t, c.Bytes())
		}
		streamAgain(t, c, data)
	}
	t.Logf("%d streams", n)
}

func streamAgain(t *testing.T, c *corpus.Case, data [][]byte) {
	t.Helper()
	for _, from := range []*core.Dialect{&api, {Name: "other"}} {
		want, out, x := cross(t, data, from, 0)
		got, _, y := cross(t, frames([][]byte{out}), from, 0)
		if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
			t.Errorf("%s: from %s: got\n%s\nwant\n%s\nwritten\n%s", c.ID, from.Name, g, w, out)
		}
		if x.Usage != y.Usage || !x.Usage.Known && strings.Contains(string(c.Bytes()), "TokenCount") {
			t.Errorf("%s: usage %+v, want %+v", c.ID, y.Usage, x.Usage)
		}
		if !x.Ended || !x.Finished {
			t.Errorf("%s: the stream does not end: %q", c.ID, want)
		}
		_, list, _ := cross(t, data, from, core.ArrayStream)
		if again, _, _ := cross(t, elements(t, list), from, 0); strings.Join(again, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s: from %s: the array says otherwise: %s", c.ID, from.Name, list)
		}
	}
	var st core.StreamState
	for _, d := range data {
		readEvent(d, &st)
	}
	_, _, x := cross(t, data, &api, 0)
	if st.Usage != x.Usage || !st.Finished || st.Failed {
		t.Errorf("%s: scanned %+v, want usage %+v", c.ID, st, x.Usage)
	}
}
