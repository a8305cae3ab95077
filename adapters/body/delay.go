package body

import (
	"bytes"
	"strconv"

	"asbru/core/scan"
)

// Delay is how many seconds the RetryInfo among the details of a google.rpc.Status asks to wait,
// which Google's errors carry in whatever format they come; 0: there is none. No header of
// theirs tells it (google/rpc/error_details.proto).
func Delay(details []byte) int {
	w := scan.Elements(details)
	for {
		_, detail, ok := w.Next()
		if !ok {
			return 0
		}
		m := scan.Members(detail)
		for {
			key, value, ok := m.Next()
			if !ok {
				break
			}
			if text, is := scan.Inside(value); is && string(key) == "retryDelay" {
				return seconds(text)
			}
		}
	}
}

// seconds reads a google.protobuf.Duration as JSON has it, such as 7.5s, and rounds it up.
// It is 0 for what is none, and for more than a day.
func seconds(text []byte) int {
	number, ok := bytes.CutSuffix(text, []byte("s"))
	whole, part, _ := bytes.Cut(number, []byte("."))
	n, err := strconv.ParseUint(string(whole), 10, 32)
	if !ok || err != nil || n > maxDelay {
		return 0
	}
	if len(bytes.Trim(part, "0")) > 0 {
		n++
	}
	return int(n)
}
