package mock

import (
	"crypto/tls"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// Options say how the mock answers. The zero value answers at once with
// DefaultTokens tokens and no errors.
type Options struct {
	Latency  time.Duration // between a request and the head of its answer; 0: none
	TTFT     time.Duration // between the head and the first event of a stream; 0: none
	ChunkGap time.Duration // between content chunks; 0: as fast as the client reads

	TokensPerSecond float64 // paces streams instead of ChunkGap; 0: ChunkGap decides
	Tokens          int     // of a reply; 0: DefaultTokens
	Chunks          int     // content chunks of a stream; 0: one a token
	ReplyBytes      int     // exact size of a unary reply body; 0: as Tokens need

	ErrorRate   float64 // share of requests answered with ErrorStatus, evenly spread; 0: none
	ErrorStatus int     // 0: 500
	Fault       string  // words as in a magic model name, joined with "+"; "": none
	Stamp       bool    // each stream chunk says when it was sent

	TLS         *tls.Config // nil: plain text
	Shards      int         // event loops; 0: one for each two processors
	RequestsLog io.Writer   // JSON lines of the requests, including credentials; nil: none
}

// DefaultTokens is the default length of a reply.
const DefaultTokens = 32

// script returns the script with which each request starts.
func (o Options) script() (script, error) {
	s := script{
		latency: int64(o.Latency), ttft: int64(o.TTFT), gap: int64(o.ChunkGap), tps: o.TokensPerSecond,
		tokens: o.Tokens, chunks: o.Chunks, bytes: o.ReplyBytes,
		retryAfter: -1, cut: -1, stall: -1, fail: -1,
	}
	if s.tokens == 0 {
		s.tokens = DefaultTokens
	}
	if o.Stamp {
		s.faults |= stamp
	}
	for _, d := range []time.Duration{o.Latency, o.TTFT, o.ChunkGap} {
		if d < 0 || d > maxDelay {
			return s, fmt.Errorf("cannot wait %v: a wait is between 0 and %v", d, maxDelay)
		}
	}
	switch {
	case s.tokens < 0 || s.tokens > maxTokens || s.chunks < 0 || s.chunks > maxTokens:
		return s, fmt.Errorf("cannot send %d tokens in %d chunks: the bound is %d", s.tokens, s.chunks, maxTokens)
	case s.bytes < 0 || s.bytes > maxReply:
		return s, fmt.Errorf("cannot send a reply of %d bytes: the bound is %d", s.bytes, maxReply)
	case !(o.ErrorRate >= 0 && o.ErrorRate <= 1):
		return s, fmt.Errorf("cannot use error rate %v: it is a share between 0 and 1", o.ErrorRate)
	case o.ErrorStatus != 0 && (o.ErrorStatus < 400 || o.ErrorStatus > 599):
		return s, fmt.Errorf("cannot use error status %d: errors are 400 to 599", o.ErrorStatus)
	case !(o.TokensPerSecond >= 0) || math.IsInf(o.TokensPerSecond, 0):
		return s, fmt.Errorf("cannot send %v tokens a second", o.TokensPerSecond)
	case o.Shards < 0 || o.Shards > maxShards:
		return s, fmt.Errorf("cannot run %d event loops: the bound is %d", o.Shards, maxShards)
	}
	if o.Fault == "" {
		return s, nil
	}
	for term := range strings.SplitSeq(o.Fault, "+") {
		if _, ok := s.term(strings.TrimPrefix(term, "mock-")); !ok {
			return s, fmt.Errorf("cannot use fault %q: no such word, or a value it cannot have", term)
		}
	}
	s.sized = false // a default may be shortened by max_tokens
	return s, nil
}

// duration parses a bounded wait, such as 200ms.
func duration(to *int64, v string) bool {
	d, err := time.ParseDuration(v)
	*to = int64(d)
	return err == nil && d >= 0 && d <= maxDelay
}

// count parses a whole number from 0 to most.
func count(to *int, v string, most int) bool {
	n, err := strconv.Atoi(v)
	*to = n
	return err == nil && n >= 0 && n <= most
}

// number parses a positive rate.
func number(to *float64, v string) bool {
	f, err := strconv.ParseFloat(v, 64)
	*to = f
	return err == nil && f > 0 && f <= 1e6
}

func orElse(v, otherwise string) string {
	if v == "" {
		return otherwise
	}
	return v
}
