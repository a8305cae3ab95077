package core

import "testing"

// Who is told to try again can succeed by it.
func TestRetryable(t *testing.T) {
	f := func(fault Fault, want bool) {
		t.Helper()
		if got := fault.Retryable(); got != want {
			t.Errorf("%+v: %v", fault, got)
		}
	}
	for _, code := range []Code{UpstreamFailed, UpstreamTimeout, Overloaded, RateLimited, Internal} {
		f(Fault{Code: code}, true)
		f(Fault{Code: code, Kind: "insufficient_quota"}, false)
		f(Fault{Code: code, Status: 422}, false)
	}
	for _, code := range []Code{Invalid, Unauthenticated, Forbidden, NotFound, TooLarge, OverBudget} {
		f(Fault{Code: code}, false)
	}
	f(Fault{Code: UpstreamFailed, Status: 529, Kind: "overloaded_error"}, true)
	f(Fault{Code: UpstreamFailed, Kind: "content_filter"}, false)
}
