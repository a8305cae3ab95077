package faults

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A row is one failure and its expected outcome, in the terms of the catalogue.
type row struct {
	ID     string
	Family string
	Stream bool
	Steps  []string `json:"provider_steps"`
	Action string   `json:"client_action"`
	Expect expect
}

// expect is the expected outcome of a row.
type expect struct {
	Retry    string  `json:"retry_or_fallback"`
	Status   string  `json:"client_status"`
	Tail     string  `json:"client_tail"`
	Bill     string  `json:"bill"`
	Breaker  bool    `json:"breaker_counts"`
	Deadline float64 `json:"deadline_s"`
}

// sharedRows reads the catalogue next to the repository; none if it is not there.
func sharedRows(t *testing.T) (rows []row) {
	t.Helper()
	f, err := os.Open("../../../shared/data/protocol/faults/provider.jsonl")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for in := bufio.NewScanner(f); in.Scan(); {
		var r row
		if err := json.Unmarshal(in.Bytes(), &r); err != nil {
			t.Fatalf("cannot read row %d: %v", len(rows)+1, err)
		}
		rows = append(rows, r)
	}
	return rows
}

var number = regexp.MustCompile(`\b[1-5][0-9][0-9]\b`)

// statuses returns the statuses that the client may see, and whether a 200 has to be the fallback's.
func (e *expect) statuses() (allowed map[int]bool, fallback bool) {
	allowed = map[int]bool{}
	for _, n := range number.FindAllString(e.Status, -1) {
		s, _ := strconv.Atoi(n)
		allowed[s] = true
	}
	return allowed, strings.Contains(e.Status, "200 from fallback") && !strings.Contains(e.Status, "flagged")
}

// A replay says which providers must have got the request.
type replay uint8

const (
	anyone   replay = iota // the row does not say
	onlyBad                // only the first, once
	thenGood               // the second answers
)

func (e *expect) replay() replay {
	word, _, _ := strings.Cut(e.Retry, " ")
	_, fallback := e.statuses()
	switch word = strings.TrimRight(word, ",:"); {
	case fallback && !strings.Contains(e.Status, " or "):
		return thenGood
	case strings.Contains(e.Status, "fallback"), strings.Contains(e.Status, " or "):
		return anyone
	case word == "no" || word == "same":
		return onlyBad
	}
	return anyone
}

// unchecked lists the expectations of the row that the gateway does not meet yet, and why.
func (r *row) unchecked() (list []string) {
	if strings.HasPrefix(r.Expect.Bill, "attempt") {
		list = append(list, "bill ("+r.Expect.Bill+"): what a failed attempt cost at its provider is not known and not charged; that it was made is in the record")
	}
	if r.Expect.Breaker {
		list = append(list, "breaker_counts: the breaker is another part's; that the attempt is counted as failed is checked")
	}
	if r.Family == "h2" {
		list = append(list, "HTTP/2: the gateway speaks HTTP/1.1 to providers; the step is played as its counterpart there")
	}
	if r.Family == "hedge" {
		list = append(list, "hedging is off: the slow first token is waited for")
	}
	return list
}

// billed returns the tokens of output that the record must have; -1: the row does not say.
func (r *row) billed() int64 {
	switch {
	case strings.HasPrefix(r.Expect.Bill, "0 as reported"):
		return 0
	case r.Expect.Bill == "full", r.Expect.Bill == "once", r.Expect.Bill == "fallback only":
		return tokensOut
	}
	return -1
}
