package frame

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"testing"
)

type sseEvent struct{ Event, Data, ID string }

// client reads blocks as a WHATWG client does: the id persists, the name
// defaults, retry counts in any block.
func client(blocks []block) (events []sseEvent, retry *int) {
	id := ""
	for _, b := range blocks {
		if b.hasID {
			id = b.id
		}
		if n, err := strconv.Atoi(b.retry); err == nil {
			retry = &n
		}
		if b.comment {
			continue
		}
		name := b.event
		if name == "" {
			name = "message"
		}
		events = append(events, sseEvent{name, string([]rune(b.data)), string([]rune(id))})
	}
	return events, retry
}

func TestSharedVectors(t *testing.T) {
	file, err := os.ReadFile("../../../shared/data/protocol/sse/vectors.jsonl")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("sse/vectors.jsonl is not beside this repository; the package's own cases cover its classes")
	}
	if err != nil {
		t.Fatal(err)
	}
	sc := bufio.NewScanner(bytes.NewReader(file))
	sc.Buffer(nil, 16<<20)
	for sc.Scan() {
		var row struct {
			ID, Why, Raw string
			Events       []sseEvent
			Retry        *int
		}
		if err := json.Unmarshal(sc.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		stream := make([]byte, 0, len(row.Raw))
		for _, r := range row.Raw { // one char a byte
			stream = append(stream, byte(r))
		}
		check := func(pieces ...[]byte) bool {
			blocks, err := cut(new(Cutter), pieces...)
			events, retry := client(blocks)
			same := err == nil && len(events) == len(row.Events) && (retry == nil) == (row.Retry == nil) &&
				(retry == nil || *retry == *row.Retry)
			for i := range events {
				same = same && events[i] == row.Events[i]
			}
			if !same {
				t.Errorf("%s in pieces of %d and %d: got %d events %.200q, %v (%s)", row.ID, len(pieces[0]), len(pieces[1]), len(events), events, err, row.Why)
			}
			return same
		}
		// Each split of the small rows; the ends and some others of the large.
		for i := 0; i <= len(stream) && check(stream[:i], stream[i:]); i++ {
			if i == 12 && len(stream) > 1000 {
				for ; i < len(stream)-12 && check(stream[:i], stream[i:]); i += len(stream) / 8 {
				}
				i = len(stream) - 12
			}
		}
	}
}
