package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// hidden replaces a credential in output.
const hidden = "***"

// A Secret is a credential together with its origin: a literal,
// ${NAME}, env.NAME, file:/path or cred:NAME. The zero Secret is unset.
//
// It cannot be printed. Every way in which Go turns a value into text shows the
// reference, or *** for a literal. The credential is behind a pointer, so that
// printing a struct with a Secret in an unexported field shows at most an
// address. Only Reveal returns it.
type Secret struct {
	ref   string  // empty: a literal
	value *string // nil: unset
}

// NewSecret makes a Secret from a credential and the reference that it came from;
// ref is empty for a literal.
func NewSecret(ref, value string) Secret { return Secret{ref, &value} }

// Reveal returns the credential itself, empty when unset. Only code that sends or hashes
// it may call this.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// Set reports whether the Secret has a credential.
func (s Secret) Set() bool { return s.value != nil }

// IsZero reports whether s is unset, for encoding/json's omitzero.
func (s Secret) IsZero() bool { return s.value == nil }

// Ref returns the reference that the credential came from, empty for a literal.
func (s Secret) Ref() string { return s.ref }

// String returns the reference, *** for a literal, and empty when unset.
func (s Secret) String() string {
	switch {
	case s.value == nil:
		return ""
	case s.ref != "":
		return s.ref
	}
	return hidden
}

// GoString is String: %#v shows no more than %s.
func (s Secret) GoString() string { return s.String() }

// Format is String for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, s.String()) }

// MarshalText is String; encoding/json, xml and yaml use it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText accepts only an empty text, which is no credential: the output of MarshalText cannot
// be turned back into one.
func (s *Secret) UnmarshalText(b []byte) error {
	if len(b) > 0 {
		return errors.New("a credential is not read from JSON; keep its digest")
	}
	*s = Secret{}
	return nil
}

// LogValue is String for log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
