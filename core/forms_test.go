package core

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// learnt are Forms that know a text, of which the numbers that follow the words in roles were noted.
func learnt(text string, roles map[string]uint8) *Forms {
	fs := new(Forms)
	jot(fs, text, roles)
	fs.Learn([]byte(text))
	return fs
}

func jot(fs *Forms, text string, roles map[string]uint8) {
	fs.Begin()
	for i := range text {
		for word, role := range roles {
			if rest, ok := strings.CutPrefix(text[i:], `"`+word+`":`); ok {
				fs.Note(len(strings.TrimLeft(rest, "-0123456789.eE+")), role)
			}
		}
	}
}

func TestForms(t *testing.T) {
	roles := map[string]uint8{"in": 1, "out": 2}
	const text = `"usage":{"in":12,"time":0.25,"out":7,"in_12":"12"},"id":"a1"}`
	f := func(text string, want ...Counted) {
		t.Helper()
		fs := learnt(`"usage":{"in":12,"time":0.25,"out":7,"in_12":"12"},"id":"a1"}`, roles)
		got, at := fs.Read([]byte(text))
		ok := at == 0
		if ok != (want != nil) || !slices.Equal(got, want) {
			t.Errorf("%s: got %v %v, want %v", text, got, ok, want)
		}
	}
	f(text, Counted{1, 12}, Counted{2, 7})
	f(strings.Replace(text, "12,", "123456789012345678,", 1), Counted{1, 123456789012345678}, Counted{2, 7})
	f(strings.Replace(text, "12,", "0,", 1), Counted{1, 0}, Counted{2, 7})
	f(strings.Replace(text, "0.25", "-3e-5", 1), Counted{1, 12}, Counted{2, 7})
	f(strings.Replace(text, "0.25", "17", 1), Counted{1, 12}, Counted{2, 7})
	for _, other := range []string{"012", "1234567890123456789", "-1", "1.0", "1e2", "", "null", "1-", "1."} {
		f(strings.Replace(text, "12,", other+",", 1))
	}
	for _, other := range []string{".5", "0.", "00", "1e", "-", "0x1", "1e+", "01", "true"} {
		f(strings.Replace(text, "0.25", other, 1))
	}
	f(strings.Replace(text, `"12"`, `"13"`, 1))
	f(strings.Replace(text, "a1", "a2", 1))
	f(text + " ")
	if _, at := learnt(text, roles).Read([]byte(`{"more":1,` + text)); at != len(`{"more":1,`) {
		t.Errorf("the end begins at %d", at)
	}
	for i := range text {
		f(text[:i])
	}
}

// What a form says of a text is what is read in it, whatever its numbers are.
func TestFormsSayWhatIsThere(t *testing.T) {
	roles := map[string]uint8{"a": 1, "b": 2, "c": 3}
	rnd := rand.New(rand.NewPCG(1, 2))
	number := func() string {
		switch rnd.IntN(8) {
		case 0:
			return fmt.Sprint(rnd.Float64() * 1000)
		case 1:
			return fmt.Sprint(-rnd.IntN(9))
		}
		return fmt.Sprint(rnd.Int64N(1 << rnd.IntN(60)))
	}
	text := func(shape uint64) string {
		s := rand.New(rand.NewPCG(shape, 3))
		var b strings.Builder
		b.WriteString("{")
		for i := range 1 + s.IntN(6) {
			if i > 0 {
				b.WriteString(",")
			}
			name := string(rune('a' + s.IntN(5)))
			switch s.IntN(5) {
			case 0:
				fmt.Fprintf(&b, `"%s":"%d"`, name, s.IntN(100))
			case 1:
				fmt.Fprintf(&b, `"%s":[%s, %s]`, strings.ToUpper(name), number(), number())
			default:
				fmt.Fprintf(&b, `"%s":%s`, name, number())
			}
		}
		return b.String() + "}"
	}
	hits := 0
	for shape := range uint64(3000) {
		first, second := text(shape%200), text(shape%200)
		fs := learnt(first, roles)
		got, at := fs.Read([]byte(second))
		if at < 0 {
			continue
		}
		hits++
		var want []Counted
		d := json.NewDecoder(strings.NewReader(second))
		d.UseNumber()
		d.Token()
		for d.More() {
			key, _ := d.Token()
			var v any
			if err := d.Decode(&v); err != nil {
				t.Fatal(second, err)
			}
			if n, isNumber := v.(json.Number); isNumber && roles[key.(string)] != 0 {
				whole, err := n.Int64()
				if err != nil {
					t.Fatalf("%s was read by the form of %s", second, first)
				}
				want = append(want, Counted{roles[key.(string)], whole})
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s by the form of %s: got %v, want %v", second, first, got, want)
		}
	}
	if hits < 500 {
		t.Errorf("only %d texts were read by a form", hits)
	}
}

// Texts that differ in more than their numbers are learnt for a while only, and then now and then.
func TestFormsGiveUp(t *testing.T) {
	fs := new(Forms)
	for i := range pause + 10 {
		text := fmt.Sprintf(`{"in":1,"id":"x%d"}`, i)
		if _, at := fs.Read([]byte(text)); at >= 0 {
			t.Fatalf("%s was known", text)
		}
		jot(fs, text, map[string]uint8{"in": 1})
		fs.Learn([]byte(text))
		_, at := fs.Read([]byte(text))
		if at >= 0 {
			fs.missed = i + 1 // as if it had not been read again
		}
		if want := i < patience || i+1 == pause; (at >= 0) != want {
			t.Errorf("text %d: learnt: %v, want %v", i, at >= 0, want)
		}
	}
}

func TestFormsTooMuch(t *testing.T) {
	roles := map[string]uint8{"in": 1}
	for _, text := range []string{
		`{"in":1,"pad":"` + strings.Repeat("x", maxForm) + `"}`,
		`{"in":1,"list":[` + strings.Repeat("1,", maxNumbers) + `1]}`,
		`{` + strings.Repeat(`"in":1,`, maxNumbers) + `"in":1}`,
		`{"in":1.5}`, `{"in":-1}`, `{"in":1,"open":"}`,
	} {
		if _, at := learnt(text, roles).Read([]byte(text)); at >= 0 {
			t.Errorf("%s was learnt", text)
		}
	}
	var none *Forms
	none.Begin()
	none.Note(1, 1)
	none.Learn([]byte("{}"))
	if _, at := none.Read([]byte("{}")); at >= 0 {
		t.Error("nil Forms know a text")
	}
}
