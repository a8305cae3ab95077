package sigv4

import (
	"fmt"
	"io"
)

// A Secret is text that cannot be printed: every way of formatting or encoding it yields ***.
type Secret string

// String returns ***.
func (Secret) String() string { return "***" }

// Format writes *** for every verb.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "***") }

// MarshalText returns ***.
func (Secret) MarshalText() ([]byte, error) { return []byte("***"), nil }

// Format writes *** for every verb: a Key holds its Credential.
func (Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "***") }
