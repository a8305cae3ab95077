package hotpath

import (
	"bytes"

	"asbru/core"
	"asbru/hotpath/http1"
)

// Wishes are what a client asks of a translation in headers.
type wishes struct {
	extras   bool // x-bf-passthrough-extra-params: members that only its own format knows are sent all the same
	request  bool // x-bf-send-back-raw-request: extra_fields holds what was sent
	drop     bool // x-bf-compat with should_drop_params: what the target cannot express is taken out, whatever it means
	response bool // x-bf-send-back-raw-response: extra_fields holds what came back, unless it was a stream
}

func wishesOf(r *http1.Request, b []byte) (w wishes) {
	for i := range r.N {
		fd := &r.Fields[i]
		name := fd.Name.Of(b)
		if fd.ID != http1.Other || !http1.HasPrefixFold(name, "x-bf-") {
			continue
		}
		on := http1.EqualFold(fd.Value.Of(b), "true")
		if http1.EqualFold(name, "x-bf-compat") {
			w.drop = on || bytes.Contains(fd.Value.Of(b), []byte(`"should_drop_params"`)) || bytes.Contains(fd.Value.Of(b), []byte(`"*"`))
		}
		if !on {
			continue
		}
		switch {
		case http1.EqualFold(name, "x-bf-passthrough-extra-params"):
			w.extras = true
		case http1.EqualFold(name, "x-bf-send-back-raw-request"):
			w.request = true
		case http1.EqualFold(name, "x-bf-send-back-raw-response"):
			w.response = true
		}
	}
	return w
}

// appendUnknown puts the members of the request that have no place in the neutral form
// at the end of the object in dst, and takes them off the list of what was dropped.
func (c *crossing) appendUnknown(dst []byte) []byte {
	if len(dst) == 0 || dst[len(dst)-1] != '}' {
		return dst
	}
	for n := c.chat.More; n != 0; {
		var e core.Extra
		e, n = c.chat.Extra(n)
		dst = append(append(dst[:len(dst)-1], `,"`...), e.Key...)
		dst = append(append(append(dst, `":`...), e.Value...), '}')
		for i, name := range c.dropped {
			if name == string(e.Key) {
				c.dropped = append(c.dropped[:i], c.dropped[i+1:]...)
				break
			}
		}
	}
	return dst
}
