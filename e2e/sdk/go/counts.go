package main

import (
	"context"
	"fmt"
	"strings"
)

// counters are the families that can count tokens.
const counters = " openai anthropic gemini bedrock "

// addCounts adds the counting of tokens at each family: the number is the provider's. One that
// cannot count is named in the SDK's own error of status 400.
func addCounts(p *place, s *sdk, count func(ctx context.Context, model string) (int64, error)) {
	if s.others == nil {
		s.others = map[string]func(ctx context.Context) error{}
	}
	for _, family := range families {
		s.others["count tokens "+family] = func(ctx context.Context) error {
			n, err := count(ctx, p.models[family]+"text")
			if strings.Contains(counters, " "+family+" ") {
				if err == nil && n != 42 {
					err = fmt.Errorf("got %d, want 42", n)
				}
				return err
			}
			if f := s.fault(err); f == nil || f.status != 400 || !strings.Contains(f.message, family+": it has no counting of tokens") {
				return fmt.Errorf("got %d and %w, want a refusal that names %s", n, err, family)
			}
			return nil
		}
	}
}
