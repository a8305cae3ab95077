package scan

import (
	"fmt"
	"strings"
	"testing"
)

func BenchmarkObject(b *testing.B) {
	for _, c := range []struct {
		name string
		doc  []byte
	}{
		{"keys", manyKeys(1000)},
		{"ascii", []byte(`{"a":"` + strings.Repeat("plain text, ", 800) + `"}`)},
		{"chinese", []byte(`{"a":"` + strings.Repeat("漢字と", 1000) + `"}`)},
		{"escapes", []byte(`{"a":"` + strings.Repeat(`line\n`, 1600) + `"}`)},
		{"nested", []byte(`{"a":` + strings.Repeat("[", 500) + strings.Repeat("]", 500) + `}`)},
	} {
		b.Run(fmt.Sprintf("%s-%d", c.name, len(c.doc)), func(b *testing.B) {
			s := NewScanner()
			b.SetBytes(int64(len(c.doc)))
			for b.Loop() {
				if err := s.Object(c.doc, nil, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
