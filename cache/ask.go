package cache

import (
	"bytes"
	"strconv"
	"time"

	"asbru/core"
)

// An ask holds the caller's header fields for the cache. They can restrict what the configuration
// allows, never extend it.
type ask struct {
	label     []byte        // x-bf-cache-key: a partition chosen by the owner; aliases the head
	ttl       time.Duration // x-bf-cache-ttl: greatest age of an answer, found or stored; 0: as configured
	threshold float64       // x-bf-cache-threshold: least similarity of questions; 0: as configured
	direct    bool          // x-bf-cache-type: direct
	semantic  bool          // x-bf-cache-type: semantic
	noStore   bool          // x-bf-cache-no-store
	ours      bool          // the head has a field whose name only asbru and Bifrost use
	wrong     bool          // x-cache-feedback: the cached answer is wrong
}

// read fills a from the head of a request. A malformed field is a fault: ignoring it would not
// give the caller what it asked for.
func (a *ask) read(h core.Head) *core.Fault {
	*a = ask{}
	if h == nil {
		return nil
	}
	if v, ok := h.Field("x-cache-feedback"); ok {
		if a.wrong = string(v) == "wrong"; !a.wrong {
			return bad("x-cache-feedback", v, `send "wrong" with the question whose answer is`)
		}
	}
	a.ours = true
	if own, ok := h.(head); ok {
		if a.ours = own.Any("x-bf-"); !a.ours { // almost always
			return nil
		}
		if fault := once(own); fault != nil {
			return fault
		}
	}
	if v, ok := h.Field("x-bf-cache-key"); ok {
		if a.label = bytes.TrimSpace(v); len(a.label) == 0 || len(a.label) > maxLabel {
			return bad("x-bf-cache-key", v, "send 1 to 256 bytes, or leave it out")
		}
	}
	if v, ok := h.Field("x-bf-cache-ttl"); ok {
		if a.ttl, ok = lifetime(v); !ok {
			return bad("x-bf-cache-ttl", v, `send a duration such as "30s", or seconds`)
		}
	}
	if v, ok := h.Field("x-bf-cache-threshold"); ok {
		n, err := strconv.ParseFloat(string(v), 64)
		if err != nil || !(n >= 0 && n <= 1) {
			return bad("x-bf-cache-threshold", v, "send a number from 0 to 1")
		}
		a.threshold = n
	}
	if v, ok := h.Field("x-bf-cache-type"); ok {
		if a.direct, a.semantic = string(v) == "direct", string(v) == "semantic"; !a.direct && !a.semantic {
			return bad("x-bf-cache-type", v, `send "direct" or "semantic"`)
		}
	}
	if v, ok := h.Field("x-bf-cache-no-store"); ok {
		if a.noStore = string(v) == "true"; !a.noStore && string(v) != "false" {
			return bad("x-bf-cache-no-store", v, `send "true" or "false"`)
		}
	}
	return nil
}

// once refuses a head with two lines of a field for the cache: following one of them would not give the
// caller what the other asks for.
func once(h head) *core.Fault {
	for _, name := range [...]string{"x-bf-cache-key", "x-bf-cache-ttl", "x-bf-cache-threshold", "x-bf-cache-type", "x-bf-cache-no-store"} {
		if v, twice := again(h, name); twice {
			return bad(name, v, "send it once: the request has it more than once")
		}
	}
	return nil
}

// again returns the second line of a field, and whether there is one.
func again(h core.Head, name string) (value []byte, twice bool) {
	own, ok := h.(head)
	if !ok {
		return nil, false
	}
	_, next := own.Next(name, 0)
	if next == 0 {
		return nil, false
	}
	value, next = own.Next(name, next)
	return value, next > 0
}

// lifetime parses "30s" or a number of seconds.
func lifetime(v []byte) (time.Duration, bool) {
	d, err := time.ParseDuration(string(v))
	if n, e := strconv.ParseUint(string(v), 10, 31); e == nil {
		d, err = time.Duration(n)*time.Second, nil
	}
	return d, err == nil && d > 0 && d <= MaxTTL
}

func bad(name string, v []byte, hint string) *core.Fault {
	const show = 40
	return &core.Fault{Code: core.Invalid, Param: name, Message: "the header " + name + " is " + strconv.QuoteToASCII(string(v[:min(len(v), show)])) + ", which it cannot be", Hint: hint}
}
