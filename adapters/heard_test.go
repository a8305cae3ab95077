package adapters

import (
	"strings"
	"testing"

	"asbru/core"
)

// oddFaults are errors of servers and proxies in front of a provider, each with what it says; empty: nothing to read.
var oddFaults = map[string]string{
	`{"message":"says it"}`: "says it",
	`{"error":"says it"}`:   "says it",
	`{"error":{"message":"says it","type":"server_error","code":500}}`: "says it",
	`[{"error":{"code":400,"message":"says it"}}]`:                     "says it",
	`{"detail":"says it"}`: "says it",
	`{"detail":[{"loc":["body"],"msg":"says it","type":"missing"}]}`: "says it",
	`{"errors":[{"message":"says it","code":7}],"success":false}`:    "says it",
	`{"title":"says it","status":500}`:                               "says it",
	`"says it"`:                                                      "says it",
	"says it\n":                                                      "says it",
	"event: error\ndata: {\"error\":{\"message\":\"says it\"}}\n\n":  "says it",
	": ping\nid: 1\ndata: {\"message\":\"says it\"}\n\n":             "says it",
	``: "", `null`: "", `{}`: "", `[]`: "", `""`: "", `7`: "", `<html>502</html>`: "", "\x1f\x8b\x08\x00": "",
	`{"error":null,"a":{"b":{"c":[]}}}`: "",
}

// What a provider says is read whatever the form, and what says nothing is no message.
func TestFaultsOfUnknownForm(t *testing.T) {
	for _, d := range everyDialect() {
		for text, want := range oddFaults {
			var f core.Fault
			if d.ReadFault([]byte(text), &f); f.Message != want {
				t.Errorf("%s reads %q of %s, want %q", d.Name, f.Message, text, want)
			}
		}
		var f core.Fault
		if d.ReadFault([]byte(`{"message":"`+strings.Repeat("ä", 1<<16)+`"}`), &f); len(f.Message) > 4096 || len(f.Message) < 1024 || strings.Trim(f.Message, "ä") != "" {
			t.Errorf("%s: a message of %d bytes", d.Name, len(f.Message))
		}
	}
}
