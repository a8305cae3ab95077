package scan_test

import (
	"fmt"

	"asbru/core/scan"
)

func ExampleObject() {
	want := scan.NewKeys("model", "stream")
	doc := []byte(`{"messages":[{"role":"user","content":"\"model\":\"no\""}],"model":"gpt-4o"}`)
	at := make([]scan.Span, 2)
	if err := scan.Object(doc, want, at); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("model %s, stream %q\n", doc[at[0].Start:at[0].End], doc[at[1].Start:at[1].End])

	fmt.Println(scan.Object([]byte(`{"model":"cheap","\u006dodel":"dear"}`), want, at))
	// Output:
	// model "gpt-4o", stream ""
	// duplicate key "\\u006dodel" at byte 17
}

func ExampleMembers() {
	w := scan.Members([]byte(`{"prompt_tokens": 9, "details": {"cached": 4}}`))
	for {
		key, value, ok := w.Next()
		if !ok {
			break
		}
		n, isInt := scan.Int(value)
		fmt.Printf("%s: %s %d %v\n", key, value, n, isInt)
	}
	// Output:
	// prompt_tokens: 9 9 true
	// details: {"cached": 4} 0 false
}
