//go:build !race

package cohere

import (
	"testing"

	"asbru/adapters/trial"
)

func TestAllocations(t *testing.T) {
	trial.Allocations(t, API, chat, &trial.Sample{Model: "command-a-03-2025", Request: sample, Reply: sampleReply, Stream: frames(sampleEvents), Play: play})
}
