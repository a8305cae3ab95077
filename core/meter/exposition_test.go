package meter

import (
	"bufio"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// A series is one sample line, read back.
type series struct {
	name   string
	labels map[string]string
	value  float64
}

// An exposition is a page read back by a reader that is stricter than Prometheus: HELP and
// TYPE appear once, before the samples; a family is in one piece; no series appears twice;
// histograms are cumulative and complete.
type exposition struct {
	kind    map[string]string
	order   []string
	series  []series
	seen    map[string]float64 // by id
	current string
}

var (
	metricName = regexp.MustCompile(`^[a-zA-Z_:][a-zA-Z0-9_:]*$`)
	labelName  = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)
)

func parse(text string) (*exposition, error) {
	if !utf8.ValidString(text) {
		return nil, fmt.Errorf("not UTF-8")
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		return nil, fmt.Errorf("last line has no end")
	}
	e := &exposition{kind: map[string]string{}, seen: map[string]float64{}}
	sc := bufio.NewScanner(strings.NewReader(text))
	for n := 1; sc.Scan(); n++ {
		if err := e.line(sc.Text()); err != nil {
			return nil, fmt.Errorf("line %d %q: %w", n, sc.Text(), err)
		}
	}
	return e, e.histograms()
}

func (e *exposition) line(s string) error {
	if rest, ok := strings.CutPrefix(s, "# HELP "); ok {
		name, help, _ := strings.Cut(rest, " ")
		if help == "" {
			return fmt.Errorf("no help text")
		}
		return e.open(name)
	}
	if rest, ok := strings.CutPrefix(s, "# TYPE "); ok {
		name, kind, _ := strings.Cut(rest, " ")
		if !slices.Contains([]string{"counter", "gauge", "histogram", "summary"}, kind) {
			return fmt.Errorf("kind %q", kind)
		}
		if name != e.current || e.kind[name] != "help" {
			return fmt.Errorf("TYPE does not follow HELP")
		}
		e.kind[name] = kind
		return nil
	}
	if s == "" || s[0] == '#' {
		return fmt.Errorf("unknown line")
	}
	return e.sample(s)
}

// open starts a family; it cannot be started twice.
func (e *exposition) open(name string) error {
	if !metricName.MatchString(name) {
		return fmt.Errorf("metric name %q", name)
	}
	if e.kind[name] != "" {
		return fmt.Errorf("family %s stands in two places", name)
	}
	e.kind[name], e.current = "help", name
	e.order = append(e.order, name)
	return nil
}

func (e *exposition) sample(s string) error {
	end := strings.IndexAny(s, "{ ")
	if end < 0 {
		return fmt.Errorf("no value")
	}
	x := series{name: s[:end], labels: map[string]string{}}
	if !metricName.MatchString(x.name) {
		return fmt.Errorf("metric name %q", x.name)
	}
	s = s[end:]
	if s[0] == '{' {
		var err error
		if s, err = x.pairs(s[1:]); err != nil {
			return err
		}
	}
	v, err := strconv.ParseFloat(strings.TrimPrefix(s, " "), 64)
	if err != nil || !strings.HasPrefix(s, " ") {
		return fmt.Errorf("value %q: %v", s, err)
	}
	x.value = v
	family := x.name
	for _, suffix := range []string{"_bucket", "_sum", "_count"} {
		if f, ok := strings.CutSuffix(x.name, suffix); ok && e.kind[f] == "histogram" {
			family = f
		}
	}
	if family != e.current {
		return fmt.Errorf("sample of %s inside %s", family, e.current)
	}
	if e.kind[family] == "counter" && v < 0 {
		return fmt.Errorf("a counter below zero")
	}
	id := x.id()
	if _, twice := e.seen[id]; twice {
		return fmt.Errorf("series twice")
	}
	e.seen[id] = v
	e.series = append(e.series, x)
	return nil
}

// pairs reads name="value", … up to the closing brace and returns the rest after it.
func (x *series) pairs(s string) (string, error) {
	for {
		name, rest, ok := strings.Cut(s, `="`)
		if !ok || !labelName.MatchString(name) {
			return "", fmt.Errorf("label name %q", name)
		}
		if _, twice := x.labels[name]; twice {
			return "", fmt.Errorf("label %s twice", name)
		}
		var v strings.Builder
		i := 0
		for ; i < len(rest) && rest[i] != '"'; i++ {
			c := rest[i]
			if c == '\\' {
				i++
				at := strings.IndexByte(`\"n`, rest[i])
				if at < 0 {
					return "", fmt.Errorf("escape \\%c", rest[i])
				}
				c = "\\\"\n"[at]
			}
			v.WriteByte(c)
		}
		x.labels[name] = v.String()
		switch rest = rest[i+1:]; {
		case strings.HasPrefix(rest, "}"):
			return rest[1:], nil
		case strings.HasPrefix(rest, ","):
			s = rest[1:]
		default:
			return "", fmt.Errorf("after a label: %q", rest)
		}
	}
}

func (x *series) id(but ...string) string {
	var parts []string
	for k, v := range x.labels {
		if !slices.Contains(but, k) {
			parts = append(parts, k+"="+strconv.Quote(v))
		}
	}
	slices.Sort(parts)
	return x.name + "{" + strings.Join(parts, ",") + "}"
}

// histograms checks each set of buckets against its count.
func (e *exposition) histograms() error {
	type top struct{ le, n float64 }
	at := map[string]top{} // by family{labels without le}: the last bucket seen
	for _, x := range e.series {
		f, ok := strings.CutSuffix(x.name, "_bucket")
		if !ok || e.kind[f] != "histogram" {
			continue
		}
		id := strings.TrimPrefix(x.id("le"), x.name)
		le, err := strconv.ParseFloat(x.labels["le"], 64)
		if err != nil {
			return fmt.Errorf("%s: le %q", f, x.labels["le"])
		}
		if prev, ok := at[f+id]; ok && (le <= prev.le || x.value < prev.n) {
			return fmt.Errorf("%s%s: bucket %v not above the one before", f, id, le)
		}
		at[f+id] = top{le, x.value}
	}
	for id, last := range at {
		name, labels, _ := strings.Cut(id, "{")
		n, ok := e.get(name + "_count{" + labels)
		if !ok || n != last.n || !math.IsInf(last.le, 1) {
			return fmt.Errorf("%s: count %v, last bucket %v", id, n, last)
		}
		if _, ok := e.get(name + "_sum{" + labels); !ok {
			return fmt.Errorf("%s: no sum", id)
		}
	}
	return nil
}

func (e *exposition) get(id string) (float64, bool) {
	v, ok := e.seen[id]
	return v, ok
}

func TestStrictReaderRefuses(t *testing.T) {
	head := "# HELP a x\n# TYPE a counter\n"
	for _, bad := range []string{
		"a 1\n",
		head + "a 1",
		head + "a 1\na 2\n",
		head + "a -1\n",
		head + "a{b=\"c} 1\n",
		head + "a{b=\"c\"}1\n",
		head + "a{b=\"\\t\"} 1\n",
		head + "a{b=\"\",b=\"\"} 1\n",
		head + "a 1\n" + head,
		"# TYPE a counter\na 1\n",
		"# HELP h x\n# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 1\n",
		"# HELP h x\n# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\n",
		"# HELP h x\n# TYPE h histogram\nh_bucket{le=\"+Inf\"} 1\nh_sum 1\nh_count 2\n",
	} {
		if _, err := safeParse(bad); err == nil {
			t.Errorf("accepted:\n%s", bad)
		}
	}
}

// safeParse turns an index out of range, which the reader does not guard against, into an error.
func safeParse(s string) (e *exposition, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return parse(s)
}
