package scan

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const suiteDir = "../../../shared/data/protocol/json"

// The file names of JSONTestSuite begin with y (must pass), n (must fail) or i (either).
func TestJSONTestSuite(t *testing.T) {
	files, _ := filepath.Glob(suiteDir + "/JSONTestSuite/test_parsing/*.json")
	if len(files) == 0 {
		t.Skip("JSONTestSuite is not beside this repository; TestObjectRefuses and TestObjectAccepts cover its classes")
	}
	refused := 0
	for _, file := range files {
		doc, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(file)
		ok := Valid(doc) == nil
		if name[0] == 'y' && !ok || name[0] == 'n' && ok {
			t.Errorf("%s: valid is %v: %v", name, ok, Valid(doc))
		}
		strict := kindOf(Object(doc, nil, nil))
		if strict == OK && !ok {
			t.Errorf("%s: passes as an object only", name)
		}
		if ok && strict != OK && strict != NotObject {
			refused++
			if strict != Duplicate && name != "i_object_key_lone_2nd_surrogate.json" {
				t.Errorf("%s: refused as an object: %v", name, strict)
			}
		}
	}
	if refused != 3 {
		t.Errorf("%d valid files were refused as objects, want the 2 with duplicate keys and the one with half a surrogate", refused)
	}
}

// Only the structure of rows is judged here; the tests of dialects judge the rest.
func TestPolicyRows(t *testing.T) {
	data, err := os.ReadFile(suiteDir + "/policy.jsonl")
	if err != nil {
		t.Skip("json/policy.jsonl is not beside this repository; TestObjectRefuses and TestLimits cover its classes")
	}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		var row struct{ ID, Raw, Expect string }
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		at := make([]Span, 3)
		err := Object(latin1(row.Raw), wanted, at)
		if row.Expect != "reject" && err != nil {
			t.Errorf("%s: %v", row.ID, err)
		}
	}
}

// latin1 converts the text of a row, which has one character for each byte, to bytes.
func latin1(s string) []byte {
	var b []byte
	for _, r := range s {
		b = append(b, byte(r))
	}
	return b
}
