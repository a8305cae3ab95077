package openai_test

import (
	"fmt"

	"asbru/adapters/dialect/openai"
	"asbru/core"
)

// One request as the gateway handles it: look, patch, send, read the answer.
func Example() {
	body := []byte(`{"model":"fast","stream":true,"messages":[],"fallbacks":["slow"]}`)
	var p core.Peek
	if f := openai.API.Peek(body, core.OpChat, &p); f != nil {
		fmt.Println(f)
		return
	}
	fmt.Printf("%s, else %s\n", p.Model, p.Fallbacks[0])

	to := &core.Face{AskUsage: true}
	fmt.Printf("%s\n", openai.API.AppendBody(nil, body, core.OpChat, &p, core.Send{Face: to, Model: []byte("gpt-4o-mini")}))

	var st core.StreamState
	openai.API.ReadEvent([]byte(`{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4}}`), &st)
	fmt.Printf("%d in, %d out, for us only: %v\n", st.Usage.In, st.Usage.Out, st.UsageOnly)

	f := openai.API.Peek([]byte(`{"model":"a","model":"b"}`), core.OpChat, &p)
	fmt.Printf("%s\n", openai.API.AppendFault(nil, f, []byte("0af3")))
	// Output:
	// fast, else slow
	// {"stream_options":{"include_usage":true},"model":"gpt-4o-mini","stream":true,"messages":[]}
	// 9 in, 4 out, for us only: true
	// {"error":{"message":"cannot read the request body: duplicate key \"model\" at byte 13; hint: send each key once, spelled as documented","type":"invalid_request_error","param":"model","code":"invalid_request"},"request_id":"0af3"}
}
