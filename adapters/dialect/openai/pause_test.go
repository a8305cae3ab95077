package openai

import (
	"testing"

	"asbru/core"
)

// The time to wait is read where the provider states it: in the details of Google's errors, in the metadata of
// OpenRouter's, otherwise in the message.
func TestReadPause(t *testing.T) {
	f := func(body string, retry int, again int64) {
		t.Helper()
		var got core.Fault
		if readFault([]byte(body), &got); got.Retry != retry || got.Again != again {
			t.Errorf("%s: got %d s, at %d; want %d s, at %d", body, got.Retry, got.Again, retry, again)
		}
	}
	f(`{"error":{"message":"Rate limit exceeded: free-models-per-min. ","code":429,"metadata":{"headers":{"X-RateLimit-Limit":"20","X-RateLimit-Remaining":"0","X-RateLimit-Reset":"1762356480000"},"provider_name":null}},"user_id":"u"}`, 0, 1762356480000)
	f(`{"error":{"metadata":{"headers":{"x-ratelimit-reset":1762356480000}},"message":"Please try again in 5s.","code":429}}`, 0, 1762356480000)
	f(`{"error":{"message":"m","code":429,"metadata":{"headers":{"X-RateLimit-Reset":"soon"}}}}`, 0, 0)
	f(`{"error":{"message":"m","code":429,"metadata":{"headers":{"X-RateLimit-Reset":"-1"}}}}`, 0, 0)
	f(`{"error":{"message":"m","code":429,"metadata":{"headers":null}}}`, 0, 0)
	f(`[{"error":{"code":429,"message":"You exceeded your current quota.\nPlease retry in 48.939935699s.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"48s"}]}}]`, 48, 0)
	f(`[{"error":{"code":429,"message":"You exceeded your current quota.\nPlease retry in 48.939935699s.","status":"RESOURCE_EXHAUSTED"}}]`, 49, 0)
	f(`{"error":{"message":"Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Used 29000, Requested 1600. Please try again in 1.2s. Visit https://platform.openai.com/account/rate-limits to learn more.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}`, 2, 0)
	f(`{"error":{"message":"Rate limit reached. Please try again in 7m12.3s. Need more tokens?","type":"tokens","code":"rate_limit_exceeded"}}`, 433, 0)
	f(`{"error":{"message":"Please try again in 20ms.","code":"rate_limit_exceeded"}}`, 1, 0)
	f(`{"error":{"code":"429","message":"Requests have exceeded token rate limit. Please retry after 26 seconds. Please go here."}}`, 26, 0)
	f(`{"error":{"code":"429","message":"Please retry after 1 second."}}`, 1, 0)
	f(`{"error":{"message":"Please try again in a moment."}}`, 0, 0)
	f(`{"error":{"message":"Please try again in 9999h."}}`, 0, 0)
	f(`{"error":{"message":"Please try again in -5s."}}`, 0, 0)
	f(`{"error":{"message":"Please try again in "}}`, 0, 0)
	f(`{"error":{"message":"Try in 5s."}}`, 0, 0)
}
