package build

import (
	"fmt"
	"slices"
	"strings"

	"asbru/core"
)

// headers is the stage that refuses requests without a required header.
func (c *compiler) headers(r *rules, op core.Op) (core.Stage, string) {
	var names []string
	for _, n := range c.doc.Governance.RequiredHeaders {
		names = append(names, strings.ToLower(n))
	}
	from := "governance.required_headers"
	if r.key != nil && len(r.key.RequiredHeaders) > 0 {
		from = r.from
		for _, n := range r.key.RequiredHeaders {
			names = append(names, strings.ToLower(n))
		}
	}
	slices.Sort(names)
	if names = slices.Compact(names); len(names) == 0 {
		return nil, ""
	}
	return func(x *core.Exchange) core.Verdict {
		var missing []string
		for _, n := range names {
			if v, ok := field(x, n); !ok || len(v) == 0 {
				missing = append(missing, n)
			}
		}
		if missing == nil {
			return core.Continue
		}
		x.Fault = &core.Fault{
			Code:    core.Invalid,
			Message: fmt.Sprintf("the request lacks %s, which key %q has to send", listed(missing), x.Key.Name),
			Hint:    "send what an administrator asks for in required_headers",
		}
		return core.Refuse
	}, from
}

func field(x *core.Exchange, name string) ([]byte, bool) {
	if x.Head == nil {
		return nil, false
	}
	return x.Head.Field(name)
}
