package gemini

import (
	"testing"

	"asbru/core"
)

func TestUsageOfModalities(t *testing.T) {
	f := func(raw string, want core.Usage) {
		t.Helper()
		var got core.Usage
		if readTokens([]byte(raw), &got); got != want {
			t.Errorf("%s: %+v, want %+v", raw, got, want)
		}
		var again core.Usage
		if readTokens(appendUsage(nil, &got), &again); got.Known && !got.Bad && !got.Odd && again != got {
			t.Errorf("%+v was written as %s", got, appendUsage(nil, &got))
		}
	}
	f(`{"promptTokenCount":9,"candidatesTokenCount":5,"promptTokensDetails":[{"modality":"TEXT","tokenCount":2},{"modality":"IMAGE","tokenCount":4},{"modality":"AUDIO","tokenCount":3}],"candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":5}]}`,
		core.Usage{In: 9, ImageIn: 4, AudioIn: 3, Out: 5, ImageOut: 5, Known: true})
	f(`{"promptTokenCount":9,"candidatesTokenCount":-5}`, core.Usage{In: 9, Known: true, Bad: true})
	f(`{"promptTokenCount":-9}`, core.Usage{Bad: true})
	for _, part := range []string{"-4", "1.5", `"4"`, "{}"} {
		odd := core.Usage{In: 9, Out: 5, Known: true, Odd: true}
		f(`{"promptTokenCount":9,"candidatesTokenCount":5,"cachedContentTokenCount":`+part+`}`, odd)
		f(`{"promptTokenCount":9,"candidatesTokenCount":5,"thoughtsTokenCount":`+part+`}`, odd)
		f(`{"promptTokenCount":9,"candidatesTokenCount":5,"promptTokensDetails":[{"modality":"AUDIO","tokenCount":`+part+`}]}`, odd)
	}
	f(`{"promptTokenCount":9,"candidatesTokenCount":5,"cachedContentTokenCount":null}`, core.Usage{In: 9, Out: 5, Known: true})
	f(`{"promptTokenCount":null}`, core.Usage{})
	f(`{"totalTokenCount":9}`, core.Usage{In: 9, Known: true}) // it is not free
	f(`{"promptTokenCount":9,"totalTokenCount":9}`, core.Usage{In: 9, Known: true})
	f(`{"promptTokenCount":9,"totalTokenCount":14}`, core.Usage{In: 9, Out: 5, Known: true})
	f(`{"promptTokenCount":9,"toolUsePromptTokenCount":1,"thoughtsTokenCount":2,"totalTokenCount":17}`, core.Usage{In: 10, Out: 7, Reasoning: 2, Known: true})
	f(`{"promptTokenCount":9,"candidatesTokenCount":3,"thoughtsTokenCount":2,"totalTokenCount":14}`, core.Usage{In: 9, Out: 5, Reasoning: 2, Known: true})
	f(`{"promptTokenCount":0,"candidatesTokenCount":0,"totalTokenCount":0}`, core.Usage{Known: true})
}
