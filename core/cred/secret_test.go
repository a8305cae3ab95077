package cred

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestSecretCannotPrint(t *testing.T) {
	const text = "sk-hush-hush"
	s := NewSecret(text)
	var log bytes.Buffer
	src := &Source{spec: Entra{Secret: s}}
	src.held.Store(&grant{lines: []byte(text), aws: &AWS{AccessKey: "id", Secret: s, Session: s}})
	for _, v := range []any{s, &s, []Secret{s}, map[string]Secret{"a": s}, struct{ s Secret }{s}, struct{ S Secret }{s},
		AWS{Secret: s, Session: s}, AWSStatic{Secret: s}, Entra{Secret: s}, OAuth{Secret: s}, Google{JSON: s}, IBM{Key: s}, AWSRole{Base: AWSStatic{Secret: s}}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%10.3s"} {
			fmt.Fprintf(&log, verb+"\n", v)
		}
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
		if b, err := json.Marshal(v); err == nil {
			log.Write(b)
		}
		if b, err := xml.Marshal(v); err == nil {
			log.Write(b)
		}
	}
	fmt.Fprintf(&log, "%+v", src.Status())
	for _, leak := range []string{text, fmt.Sprintf("%x", text), "hush"} {
		if strings.Contains(log.String(), leak) {
			t.Errorf("it printed %q", leak)
		}
	}
	if s.Reveal() != text || !s.Set() || NewSecret("").Set() || (Secret{}).Reveal() != "" || (Secret{}).String() != "" {
		t.Error("a secret does not reveal the text it was made of")
	}
}
