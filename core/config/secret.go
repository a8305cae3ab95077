package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// hidden stands where a credential would be.
const hidden = "***"

// A Secret is a credential together with where it comes from: a literal,
// ${NAME}, env.NAME, file:/path or cred:NAME. The zero Secret is unset.
//
// It cannot print. Every way Go has of turning a value into text shows the
// reference, or *** for a literal; the credential stands behind a pointer so
// that printing a struct which holds a Secret in an unexported field shows an
// address at most. Only Reveal gives it out.
type Secret struct {
	ref   string  // empty: a literal
	value *string // nil: unset
}

// NewSecret makes a Secret of a credential and the reference it was found by;
// ref is empty for a literal.
func NewSecret(ref, value string) Secret { return Secret{ref, &value} }

// Reveal returns the credential itself, empty when unset. Only what sends it
// or hashes it may call this.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// Set reports whether there is a credential.
func (s Secret) Set() bool { return s.value != nil }

// IsZero reports that s is unset; encoding/json's omitzero asks.
func (s Secret) IsZero() bool { return s.value == nil }

// Ref is where the credential comes from, empty for a literal.
func (s Secret) Ref() string { return s.ref }

// String is the reference, *** for a literal and empty when unset.
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

// UnmarshalText takes an empty text only, which is no credential: what MarshalText gives of one
// does not bring it back.
func (s *Secret) UnmarshalText(b []byte) error {
	if len(b) > 0 {
		return errors.New("a credential is not read from JSON; keep its digest")
	}
	*s = Secret{}
	return nil
}

// LogValue is String for log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
