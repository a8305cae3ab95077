package limit

import (
	"fmt"
	"time"
)

// A Kind is what a limit counts.
type Kind uint8

const (
	Requests Kind = iota // requests per period
	Tokens               // tokens of prompts and answers per period: estimated when a request begins, corrected when it ends
	Calls                // requests under way
	Streams              // requests under way that asked for a stream
	numKinds
)

// String is the name of k in documents, headers and messages.
func (k Kind) String() string { return [numKinds]string{"requests", "tokens", "calls", "streams"}[k] }

// refused is Bifrost's error type for a refusal by a limit of kind k.
func (k Kind) refused() string {
	return [numKinds]string{"request_limited", "token_limited", "rate_limited", "rate_limited"}[k]
}

// A Rule is one limit.
type Rule struct {
	Kind Kind
	Rate Rate  // of Requests and Tokens
	Most int64 // of Calls and Streams, at least 1
}

// rated reports whether r has a Rate.
func (r *Rule) rated() bool { return r.Kind <= Tokens }

// String is r as part of a sentence: "100 requests a minute", "5 streams at once".
func (r *Rule) String() string {
	if !r.rated() {
		return fmt.Sprintf("%d %s at once", r.Most, r.Kind)
	}
	return fmt.Sprintf("%d %s %s", r.Rate.Units, r.Kind, every(r.Rate.Per))
}

// every is "a minute", "in 5m".
func every(per time.Duration) string {
	switch per {
	case time.Second:
		return "a second"
	case time.Minute:
		return "a minute"
	case time.Hour:
		return "an hour"
	case 24 * time.Hour:
		return "a day"
	}
	return "in " + short(per)
}

// short is a duration without trailing zero units.
func short(d time.Duration) string {
	switch {
	case d >= 24*time.Hour && d%(24*time.Hour) == 0:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	case d >= time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d >= time.Minute && d%time.Minute == 0:
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return d.String()
}
