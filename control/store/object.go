package store

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"asbru/core/config"
)

// A Kind is the type of an Object.
type Kind string

// The kinds. Their values appear in the database and in public ids.
const (
	VirtualKey Kind = "virtual-key" // Value is a *config.VirtualKey
	Team       Kind = "team"        // *config.Team
	Customer   Kind = "customer"    // *config.Customer
	Override   Kind = "price"       // *config.PriceOverride
	Provider   Kind = "provider"    // *config.KeptProvider
	Model      Kind = "model"       // *config.KeptModel
)

// An Object is one stored object. It is immutable.
type Object struct {
	Kind     Kind
	ID       string // made by the store; never reused
	Name     string // unique within its kind
	Value    any    // of the type for its Kind; must not be modified
	Created  time.Time
	Updated  time.Time
	Revision int64 // of the change that wrote it

	sum [32]byte // SHA-256 of the stored form
}

// value returns an empty value of a kind; nil: there is no such kind.
func (k Kind) value() any {
	switch k {
	case VirtualKey:
		return new(config.VirtualKey)
	case Team:
		return new(config.Team)
	case Customer:
		return new(config.Customer)
	case Override:
		return new(config.PriceOverride)
	case Provider:
		return new(config.KeptProvider)
	case Model:
		return new(config.KeptModel)
	}
	return nil
}

// encode returns the stored form of a value. A virtual key must have its digest instead of its credential.
func encode(value any) ([]byte, error) {
	if k, ok := value.(*config.VirtualKey); ok {
		if k.Key.Set() {
			return nil, fmt.Errorf("BUG: key %q was to be kept as it is", k.Name)
		}
		for _, old := range k.Previous {
			if old.Key.Set() {
				return nil, fmt.Errorf("BUG: an old key of %q was to be kept as it is", k.Name)
			}
		}
	}
	return json.Marshal(value)
}

// decode parses the stored form. A field that this program does not know is an
// error: an unknown limit must not be ignored.
func (o *Object) decode(body []byte) error {
	if o.Value = o.Kind.value(); o.Value == nil {
		return fmt.Errorf("cannot read %q of the store: there is no kind %q; hint: a newer asbru wrote it", o.Name, o.Kind)
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(o.Value); err != nil {
		return fmt.Errorf("cannot read %s %q of the store: %w; hint: a newer asbru wrote it", o.Kind, o.Name, err)
	}
	o.sum = sha256.Sum256(body)
	return nil
}

// newID returns a random UUID (RFC 9562 §5.4).
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
