package cred

import (
	"fmt"
	"io"
	"log/slog"
)

// hidden is printed in place of a credential.
const hidden = "***"

// A Secret is a part of a credential. It cannot be printed: every way that Go has of turning
// a value into text shows ***, and since the text is referred to by a pointer, a struct with
// a Secret in an unexported field shows an address. The zero Secret is unset.
type Secret struct{ value *string }

// NewSecret makes a Secret of text. For an empty text it is unset.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal returns the text itself, empty if unset. Only code that sends, signs or hashes it
// may call this.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// Set reports whether s has a text.
func (s Secret) Set() bool { return s.value != nil }

// String returns ***, or nothing if s is unset.
func (s Secret) String() string {
	if s.value == nil {
		return ""
	}
	return hidden
}

// GoString is String: %#v shows no more than %s.
func (s Secret) GoString() string { return s.String() }

// Format is String for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// MarshalText is String; encoding/json, xml and yaml use it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue is String for log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
