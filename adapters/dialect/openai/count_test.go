package openai

import (
	"testing"

	"asbru/core"
)

func TestCount(t *testing.T) {
	c := core.NewChat()
	if f := counts.ParseRequest(c, []byte(`{"model":"m","input":"hi","stream":true,"max_output_tokens":3,"instructions":"be brief"}`)); f != nil {
		t.Fatal(f)
	}
	got, f := counts.AppendRequest([]byte("x"), c, &core.Send{Model: []byte("gpt")})
	if want := `x{"model":"gpt","instructions":"be brief","input":"hi"}`; f != nil || string(got) != want {
		t.Errorf("got %s, %v; want %s", got, f, want)
	}
	if n, err := counts.ParseReply([]byte(`{"object":"response.input_tokens","input_tokens":12}`)); n != 12 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	for _, bad := range []string{``, `{}`, `[]`, `{"input_tokens":"12"}`, `{"input_tokens":-1}`} {
		if n, err := counts.ParseReply([]byte(bad)); err == nil {
			t.Errorf("%s: got %d", bad, n)
		}
	}
	if got := string(counts.AppendReply(nil, 7)); got != `{"object":"response.input_tokens","input_tokens":7}` {
		t.Errorf("got %s", got)
	}
}
