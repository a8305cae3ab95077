package frame

import (
	"slices"
	"testing"

	"asbru/bench/corpus"
)

// Recorded event streams give the same messages whole, in the reads they came in, and byte
// by byte.
func TestRecordedMessages(t *testing.T) {
	cases := corpus.Cases(t, func(c *corpus.Case) bool { return c.Response.Events != "" })
	for _, c := range cases {
		want, err := cutMessages(new(MessageCutter), c.Bytes())
		if err != nil || len(want) == 0 {
			t.Errorf("%s: %d messages, %v", c.ID, len(want)/2, err)
		}
		for how, pieces := range c.Splits() {
			if got, err := cutMessages(new(MessageCutter), pieces...); err != nil || !slices.Equal(got, want) {
				t.Errorf("%s %s: %d messages, %v, want %d", c.ID, how, len(got)/2, err, len(want)/2)
			}
		}
	}
	t.Logf("%d streams", len(cases))
}
