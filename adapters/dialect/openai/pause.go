package openai

import (
	"strings"
	"time"

	"asbru/core/scan"
)

// moment reads when a rate limit of OpenRouter ends, in Unix milliseconds, from the header that is repeated
// in the metadata of its error. 0: it is not there.
//
// Source: https://openrouter.ai/docs/api-reference/limits
func moment(headers []byte) int64 {
	w := scan.Members(headers)
	for {
		key, value, ok := w.Next()
		if !ok {
			return 0
		}
		if !strings.EqualFold(string(key), "x-ratelimit-reset") {
			continue
		}
		if text, is := scan.Inside(value); is {
			value = text
		}
		if n, ok := scan.Whole(value); ok && n > 0 {
			return n
		}
	}
}

// pause reads how many seconds the message of a rate limit asks to wait, rounded up: OpenAI and Groq write
// "Please try again in 7m12.3s.", Azure "Please retry after 26 seconds.", and Google "Please retry in
// 48.9s.". Their headers say so too, but some servers in between do not pass them on. 0: it does not say.
//
// Source: https://platform.openai.com/docs/guides/error-codes,
// https://learn.microsoft.com/azure/ai-services/openai/how-to/quota
func pause(message string) int {
	for _, lead := range [...]string{"lease try again in ", "lease retry in ", "lease retry after "} {
		_, rest, ok := strings.Cut(message, lead)
		if !ok {
			continue
		}
		number, rest, _ := strings.Cut(rest, " ")
		switch unit := strings.TrimRight(firstWord(rest), "."); unit {
		case "second", "seconds":
			number += "s"
		case "minute", "minutes":
			number += "m"
		}
		d, err := time.ParseDuration(strings.TrimRight(number, ".,"))
		if err != nil || d <= 0 || d > maxPause {
			return 0
		}
		return int((d + time.Second - 1) / time.Second)
	}
	return 0
}

func firstWord(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}
