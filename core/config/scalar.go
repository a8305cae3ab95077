package config

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

var (
	secretType   = reflect.TypeFor[Secret]()
	durationType = reflect.TypeFor[Duration]()
	sizeType     = reflect.TypeFor[Size]()
)

// scalarType reports whether t is written as one word.
func scalarType(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
		return true
	}
	return t == secretType
}

// describe says what a value of type t looks like.
func describe(t reflect.Type) string {
	switch t {
	case secretType:
		return "a secret"
	case durationType:
		return "a duration such as 1.5s or 10m"
	case sizeType:
		return "a size such as 20MiB"
	}
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Slice:
		return "a list"
	case reflect.Pointer:
		return describe(t.Elem())
	}
	return "a mapping"
}

// found says what stands in the document. Text is not repeated: it may be a
// secret in the wrong place.
func found(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	switch n.ShortTag() {
	case "!!int", "!!float":
		return "the number " + shown(n)
	case "!!bool":
		return shown(n)
	case "!!null":
		return "nothing"
	case "!!timestamp":
		return "the date " + shown(n)
	}
	return "a string"
}

func shown(n *yaml.Node) string {
	if len(n.Value) > maxShown {
		return n.Value[:maxShown] + "…"
	}
	return n.Value
}

// scalar reads one word into v.
func (d *decoder) scalar(n *yaml.Node, v reflect.Value, at *place) {
	text := unprotect(n.Value)
	if v.Type() == secretType {
		d.secret(n, text, v, at)
		return
	}
	text, refs, bad := d.env.expand(text)
	if d.expanded += len(text); d.expanded > maxExpandedBytes && bad == nil {
		bad = &trouble{fmt.Sprintf("the document holds more than %d bytes once variables are put in", maxExpandedBytes), ""}
	}
	if bad == nil {
		bad = setScalar(n, text, refs > 0, v)
	}
	if bad != nil {
		d.problem(n, at, bad.message, bad.hint)
	}
}

func (d *decoder) secret(n *yaml.Node, text string, v reflect.Value, at *place) {
	if n.ShortTag() != "!!str" {
		d.problem(n, at, "expected a secret, found a value that YAML does not read as text", "put it in quotes")
		return
	}
	s, bad := d.env.secret(text)
	if d.expanded += len(s.Reveal()); d.expanded > maxExpandedBytes && bad == nil {
		bad = &trouble{fmt.Sprintf("the document holds more than %d bytes once variables are put in", maxExpandedBytes), ""}
	}
	if bad != nil {
		d.problem(n, at, bad.message, bad.hint)
	}
	v.Set(reflect.ValueOf(s))
}

// setScalar stores text in v. What came from a variable has no type of its own
// and is taken for what is wanted.
func setScalar(n *yaml.Node, text string, fromEnv bool, v reflect.Value) *trouble {
	wrong := func() *trouble {
		if fromEnv {
			return &trouble{"expected " + describe(v.Type()) + "; the variable's value is something else", ""}
		}
		return &trouble{"expected " + describe(v.Type()) + ", found " + found(n), scalarHint(n, v.Type())}
	}
	tag := n.ShortTag()
	switch v.Type() {
	case durationType:
		x, err := parseDuration(text)
		if err != nil {
			return wrong()
		}
		v.SetInt(int64(x))
		return nil
	case sizeType:
		x, err := parseSize(text)
		if err != nil {
			return wrong()
		}
		v.SetInt(int64(x))
		return nil
	}
	ok := false
	switch v.Kind() {
	case reflect.String:
		ok = tag == "!!str" || fromEnv
		v.SetString(text)
	case reflect.Bool:
		ok = (tag == "!!bool" || fromEnv) && (text == "true" || text == "false")
		v.SetBool(text == "true")
	case reflect.Int, reflect.Int64:
		x, err := strconv.ParseInt(text, 10, 64)
		ok = err == nil && (tag == "!!int" || fromEnv)
		v.SetInt(x)
	case reflect.Float64:
		x, err := strconv.ParseFloat(text, 64)
		ok = err == nil && (tag == "!!int" || tag == "!!float" || fromEnv) && !math.IsInf(x, 0) && !math.IsNaN(x)
		v.SetFloat(x)
	}
	if !ok {
		v.SetZero()
		return wrong()
	}
	return nil
}

func scalarHint(n *yaml.Node, t reflect.Type) string {
	switch {
	case t == durationType:
		return "units are ns, us, ms, s, m, h; a bare number is seconds"
	case t == sizeType:
		return "units are B, KB, MB, GB, KiB, MiB, GiB"
	case t.Kind() == reflect.String && n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) == 0 && len(n.Value) <= maxShown:
		return "put it in quotes: " + strconv.Quote(n.Value)
	case t.Kind() != reflect.String && n.ShortTag() == "!!str" && n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		return "take the quotes off"
	}
	return ""
}

// maxSeconds keeps a bare number of seconds inside a time.Duration.
const maxSeconds = float64(math.MaxInt64/int64(time.Second)) - 1

// parseDuration reads "1.5s", "10m" or a number of seconds.
func parseDuration(s string) (Duration, error) {
	if sec, err := strconv.ParseFloat(s, 64); err == nil {
		if math.IsNaN(sec) || math.Abs(sec) > maxSeconds {
			return 0, strconv.ErrRange
		}
		return Duration(math.Round(sec * float64(time.Second))), nil
	}
	x, err := time.ParseDuration(s)
	return Duration(x), err
}

// String is d as a document has it.
func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText is String.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// sizeUnits are tried in order: a unit stands before the units it ends with.
var sizeUnits = []struct {
	name  string
	bytes int64
}{
	{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
	{"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"kB", 1e3}, {"B", 1},
}

// parseSize reads "20MiB", "1.5GB" or a number of bytes.
func parseSize(s string) (Size, error) {
	unit := int64(1)
	for _, u := range sizeUnits {
		if rest, ok := strings.CutSuffix(s, u.name); ok {
			s, unit = strings.TrimRight(rest, " "), u.bytes
			break
		}
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		if n > math.MaxInt64/unit || n < math.MinInt64/unit {
			return 0, strconv.ErrRange
		}
		return Size(n * unit), nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, err
	}
	if f *= float64(unit); math.IsNaN(f) || math.Abs(f) > 1<<62 || f != math.Trunc(f) {
		return 0, strconv.ErrRange
	}
	return Size(f), nil
}

// String is s as a document has it, in the largest unit that leaves no rest.
func (s Size) String() string {
	for _, u := range sizeUnits[:3] {
		if s != 0 && int64(s)%u.bytes == 0 {
			return strconv.FormatInt(int64(s)/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// MarshalText is String.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Or returns s, or def when s is zero.
func (s Size) Or(def int64) int64 {
	if s == 0 {
		return def
	}
	return int64(s)
}
