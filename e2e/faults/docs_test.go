package faults

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "rewrite docs/FAILURES.md")

const pageHead = `# What happens when a provider fails

Generated from the cases of ` + "`e2e/faults/own_test.go`" + `, which are played on every test: ` + "`go test ./e2e/faults -run TestDocumented -update`" + `.
` + "`make faults`" + ` plays them at full length.

**The commit point.** Until the first content of a stream, or the last byte of any other reply, the answer is still the
gateway's to replace: the head, a role, pings and comments are held back as long as another target is left. From there on
nothing is asked again behind the client's back. With a single target nothing is held, and what fails is cut or ends in an
error. A reply of more than 1 MiB, and a stream that has sent 256 KiB without content, is no longer held.

**At most three attempts**, and none after the time of the whole exchange (` + "`total_timeout`" + `). Requests that may have had effects
(all but conversations, embeddings, rerank and token counts) are sent once: again only if they did not go out whole, or the
provider answered with a status that says "not now".

**Silence** ends an attempt: 30 s after the request without the head of a stream (` + "`header_timeout`" + `), 2 min without its
first content (` + "`first_timeout`" + `), 30 s without more of it (` + "`stall_timeout`" + `). The head of an answer that comes whole is made when all of the answer is, so
it has 5 min (` + "`answer_timeout`" + `): half of ` + "`total_timeout`" + `, which leaves the other half for the next target. Who would rather ask the next one early lowers it, or asks for streams.

**One end.** A stream ends in its terminator or in one error event, never in both; a model with ` + "`rescue: continue`" + ` goes on at another target instead
of an error ([RESILIENCE.md](RESILIENCE.md)). What a provider sends behind either is
dropped, and its usage not charged. The connection of the client lives on.

**One bill.** Who answered is charged by its report, or by our own count of prompt and delivered tokens when there is none that can
be true; what was delivered of a stream that broke is charged, and so is the prompt of who leaves. A failed attempt that another one
replaced is in the record and is not charged ([PRICES.md](PRICES.md)).

**Not there yet**: HTTP/2 to providers (its failures are played as what they are in HTTP/1.1). The tests list, row by row, what of the catalogue they could not check.
`

var chapters = []struct{ family, title string }{
	{"connect", "Nobody answers the call"},
	{"headers", "No readable head comes back"},
	{"status", "A status that is no success"},
	{"body", "A reply that is no answer"},
	{"stream-0", "A stream without content"},
	{"stream-n", "A stream that has begun"},
	{"client", "The client"},
}

// The page is generated from the cases that are played.
func TestDocumented(t *testing.T) {
	var page bytes.Buffer
	page.WriteString(pageHead)
	told := 0
	for _, c := range chapters {
		fmt.Fprintf(&page, "\n## %s\n\n| case | another target is asked | the client sees |\n|---|---|---|\n", c.title)
		for _, r := range ownRows {
			if r.Family == c.family {
				told++
				asked, sees := r.tell()
				fmt.Fprintf(&page, "| %s | %s | %s |\n", r.ID, asked, sees)
			}
		}
	}
	if told != len(ownRows) {
		t.Errorf("%d of %d cases have a chapter", told, len(ownRows))
	}
	for _, r := range sharedRows(t) { // h2, gateway, hedge and breaker have no cases of their own
		if !documented[r.Family] {
			t.Errorf("the class %q of the catalogue is not described", r.Family)
		}
	}
	const name = "../../docs/FAILURES.md"
	if *update {
		if err := os.WriteFile(name, page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if is, err := os.ReadFile(name); err != nil || !bytes.Equal(is, page.Bytes()) {
		t.Errorf("docs/FAILURES.md is not what the cases say (%v); run: go test ./e2e/faults -run TestDocumented -update", err)
	}
}

var documented = map[string]bool{"connect": true, "headers": true, "status": true, "body": true, "stream-0": true, "stream-n": true,
	"client": true, "h2": true, "gateway": true, "hedge": true, "breaker": true}

// tell describes the outcome of a case.
func (r *row) tell() (asked, sees string) {
	switch {
	case r.Action == "stop reading":
		return "no", "the connection is cut after `slow_client`, and the provider's with it"
	case r.twice():
		return "no", "the same answer, both of them, and whoever asks again for 24 h; another body under the same Idempotency-Key: 422"
	case r.Action != "":
		return "no", "nothing more; the provider's connection is closed at once"
	case r.Expect.replay() == thenGood:
		return "yes", "the other's answer"
	case r.Expect.Tail == broken.Tail:
		return "no", "what came, then one error event in its format"
	case r.Expect.Status == direct.Status:
		return "no", "the answer"
	}
	allowed, _ := r.Expect.statuses()
	for status := range allowed {
		return "no", fmt.Sprintf("%d with an error object", status)
	}
	return "", ""
}
