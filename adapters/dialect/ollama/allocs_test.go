//go:build !race

package ollama

import (
	"testing"

	"asbru/adapters/trial"
)

func TestAllocations(t *testing.T) {
	trial.Allocations(t, API, chat, &trial.Sample{Model: "qwen3:4b", Request: sample, Reply: sampleReply, Stream: frames(sampleEvents), Play: play})
}
