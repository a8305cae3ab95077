package config

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

var (
	secretType   = reflect.TypeFor[Secret]()
	durationType = reflect.TypeFor[Duration]()
	sizeType     = reflect.TypeFor[Size]()
	momentType   = reflect.TypeFor[Moment]()
	percentType  = reflect.TypeFor[Percent]()
)

// scalarType reports whether values of type t are scalars.
func scalarType(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.String, reflect.Bool, reflect.Int, reflect.Int64, reflect.Float64:
		return true
	}
	return t == secretType
}

// describe says what a value of type t looks like, for a message.
func describe(t reflect.Type) string {
	switch t {
	case secretType:
		return "a secret"
	case durationType:
		return "a duration such as 1.5s or 10m"
	case sizeType:
		return "a size such as 20MiB"
	case momentType:
		return "a moment such as 2027-01-31T00:00:00Z"
	case percentType:
		return "a share such as 5%"
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

// found describes the value in the document. Text is not quoted, since it may be a
// misplaced secret.
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

// foundFor is found, with the text where no secret is mistaken for a value of type t: beside a number.
func foundFor(n *yaml.Node, t reflect.Type) string {
	measure := t == durationType || t == sizeType || t == percentType
	if text := unprotect(n.Value); measure && text != "" && strings.ContainsRune("-.0123456789", rune(text[0])) && len(text) <= maxMeasure {
		return strconv.Quote(text)
	}
	return found(n)
}

func shown(n *yaml.Node) string {
	if len(n.Value) > maxShown {
		return n.Value[:maxShown] + "…"
	}
	return n.Value
}

// scalar reads a scalar into v.
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
		if bad = setScalar(n, text, refs > 0, v); bad != nil && at != nil && at.name == "listen" {
			bad.hint = listenHint // a port alone, for which quotes would not do
		}
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

// setScalar stores text in v, or returns why it cannot.
func setScalar(n *yaml.Node, text string, fromEnv bool, v reflect.Value) *trouble {
	if store(n.ShortTag(), text, fromEnv, v) {
		return nil
	}
	v.SetZero()
	if fromEnv { // the value of a variable is not shown
		return &trouble{"expected " + describe(v.Type()) + "; the variable's value is something else", ""}
	}
	return &trouble{"expected " + describe(v.Type()) + ", found " + foundFor(n, v.Type()), scalarHint(n, v.Type())}
}

// store puts text into v and reports whether it has v's type. The value of a
// variable has no type of its own and is parsed as the one needed.
func store(tag, text string, fromEnv bool, v reflect.Value) bool {
	is := func(tags ...string) bool { return fromEnv || slices.Contains(tags, tag) }
	switch v.Type() {
	case durationType:
		x, err := parseDuration(text)
		v.SetInt(int64(x))
		return err == nil
	case sizeType:
		x, err := parseSize(text)
		v.SetInt(int64(x))
		return err == nil
	case percentType:
		x, err := parsePercent(text)
		v.SetFloat(float64(x))
		return err == nil
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
		return is("!!str") || v.Type() == momentType && tag == "!!timestamp"
	case reflect.Bool:
		v.SetBool(text == "true")
		return is("!!bool") && (text == "true" || text == "false")
	case reflect.Int, reflect.Int64:
		x, err := strconv.ParseInt(text, 10, 64)
		v.SetInt(x)
		return is("!!int") && err == nil
	case reflect.Float64:
		x, err := strconv.ParseFloat(text, 64)
		v.SetFloat(x)
		return is("!!int", "!!float") && err == nil && !math.IsInf(x, 0) && !math.IsNaN(x)
	}
	return false
}

func scalarHint(n *yaml.Node, t reflect.Type) string {
	switch {
	case t == durationType:
		return "units are ns, us, ms, s, m, h; a bare number is seconds"
	case t == sizeType:
		return "units are B, KB, MB, GB, KiB, MiB, GiB"
	case t == percentType:
		return "write 5%, or 0.05"
	case t.Kind() == reflect.String && n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) == 0 && len(n.Value) <= maxShown:
		return "put it in quotes: " + strconv.Quote(n.Value)
	case t.Kind() != reflect.String && n.ShortTag() == "!!str" && n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		return "take the quotes off"
	}
	return ""
}
