package openai

import "testing"

// Pieces of an answer are told from the beginning of their events, whatever else the server sends.
func TestRealtimeSays(t *testing.T) {
	for event, want := range map[string]bool{
		`{"type":"response.output_audio.delta","delta":"AAAA`:            true,
		`{"event_id":"e","type":"response.output_text.delta"}`:           true,
		`{"type":"response.function_call_arguments.delta","call_id`:      true,
		`{"type":"response.output_text.done"}`:                           false,
		`{"type":"conversation.item.input_audio_transcription.delta"}`:   false,
		`{"type":"session.created","session":{"instructions":".delta"}}`: false,
		`{"type":"respon`: false,
		``:                false,
	} {
		if got := realtime.Says([]byte(event)); got != want {
			t.Errorf("%s: %v", event, got)
		}
	}
}
