package admin

import (
	"encoding/json"
	"net/url"
	"os"
	"testing"
	"unicode/utf8"
)

// Whatever people type into a name or a description is either kept as it was typed and found again, or
// refused with a sentence; nothing of it breaks the API. The strings of our own stand for the
// classes of the shared list, for a fresh clone.
func TestNaughtyTexts(t *testing.T) {
	texts := []string{"", " ", "undefined", "null", "-1e999", "0x0", "../../etc/passwd", "a/b%2Fc", "<script>alert(1)</script>", "' OR 1=1 --", "{{7*7}}",
		"\u202etest\u202c", "\ufeff", "\u0000", "Ṱ̺̺̕o͞", "田中さん", "👩‍👩‍👧", "`rm -rf`", "$(true)", "a\r\nX-Injected: 1", "%s%d%n", `\`, `"`}
	shared, err := os.ReadFile("../../../shared/data/protocol/strings/blns.json")
	if err == nil {
		var more []string
		if err := json.Unmarshal(shared, &more); err != nil {
			t.Fatal(err)
		}
		texts = append(texts, more...)
	} else {
		t.Logf("only our own strings: %v", err)
	}
	b := newBench(t)
	kept := 0
	for _, text := range texts {
		body, err := json.Marshal(map[string]any{"name": text, "budgets": []any{map[string]any{"max_limit": 1, "reset_duration": "1d"}}})
		if err != nil {
			t.Fatal(err)
		}
		code, out := b.do("POST", "/api/governance/teams", string(body))
		if code != 200 {
			e, _ := out["error"].(map[string]any)
			if message, _ := e["message"].(string); code < 400 || code >= 500 || message == "" {
				t.Errorf("a team called %q: %d %v", text, code, out)
			}
			continue
		}
		kept++
		id, _ := at(out, "team", "id").(string)
		got := b.ok("GET", "/api/governance/teams/"+url.PathEscape(id), "")
		if name := at(got, "team", "name"); name != text && utf8.ValidString(text) {
			t.Errorf("a team called %q is called %q afterwards", text, name)
		}
		if code, out := b.do("DELETE", "/api/governance/teams/"+url.PathEscape(id), ""); code != 200 {
			t.Errorf("the team called %q cannot be deleted: %d %v", text, code, out)
		}
	}
	if kept == 0 || kept == len(texts) {
		t.Errorf("%d of %d texts are kept as names", kept, len(texts))
	}
	t.Logf("%d of %d texts are names, the others are refused", kept, len(texts))
}
