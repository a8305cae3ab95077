package corpus

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
)

// Diff tells where two JSON documents differ, by path, or "" when they say the same.
// The order of members and the way numbers and escapes are written do not count; the
// order of elements does. ignore names members that are not looked at, at any depth.
func Diff(got, want []byte, ignore ...string) string {
	a, err := decode(got)
	if err != nil {
		return fmt.Sprintf("got is no JSON: %v: %.300s", err, got)
	}
	b, err := decode(want)
	if err != nil {
		return fmt.Sprintf("want is no JSON: %v", err)
	}
	return diff("$", a, b, ignore)
}

func decode(b []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if d.More() {
		return nil, fmt.Errorf("something follows the document")
	}
	return v, nil
}

func diff(path string, a, b any, ignore []string) string {
	switch b := b.(type) {
	case map[string]any:
		m, ok := a.(map[string]any)
		if !ok {
			return fmt.Sprintf("%s: got %s, want an object", path, show(a))
		}
		return diffMembers(path, m, b, ignore)
	case []any:
		l, ok := a.([]any)
		if !ok || len(l) != len(b) {
			return fmt.Sprintf("%s: got %s, want %s", path, show(a), show(b))
		}
		for i := range b {
			if d := diff(path+"["+strconv.Itoa(i)+"]", l[i], b[i], ignore); d != "" {
				return d
			}
		}
		return ""
	case json.Number:
		n, ok := a.(json.Number)
		if ok && n == b {
			return ""
		}
		if x, err := n.Float64(); ok && err == nil {
			if y, err := b.Float64(); err == nil && x == y {
				return ""
			}
		}
	default:
		if a == b {
			return ""
		}
	}
	return fmt.Sprintf("%s: got %s, want %s", path, show(a), show(b))
}

func diffMembers(path string, a, b map[string]any, ignore []string) string {
	keys := make([]string, 0, len(a)+len(b))
	for k := range b {
		keys = append(keys, k)
	}
	for k := range a {
		if _, ok := b[k]; !ok {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
next:
	for _, k := range keys {
		for _, i := range ignore {
			if i == k {
				continue next
			}
		}
		x, got := a[k]
		y, want := b[k]
		switch {
		case !got:
			return fmt.Sprintf("%s.%s is missing, want %s", path, k, show(y))
		case !want:
			return fmt.Sprintf("%s.%s is %s, want none", path, k, show(x))
		}
		if d := diff(path+"."+k, x, y, ignore); d != "" {
			return d
		}
	}
	return ""
}

func show(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	if len(b) > 160 {
		return string(b[:160]) + "…"
	}
	return string(b)
}
