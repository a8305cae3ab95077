package sigv4

import (
	"fmt"
	"io"
)

// A Secret is text that does not print: whatever formats or encodes it writes ***.
type Secret string

// String is ***.
func (Secret) String() string { return "***" }

// Format writes *** for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "***") }

// MarshalText is ***.
func (Secret) MarshalText() ([]byte, error) { return []byte("***"), nil }

// Format writes *** for every verb: a Key holds its Credential.
func (Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "***") }
