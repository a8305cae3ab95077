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

// A Kind is what an Object is.
type Kind string

// The kinds. Their values stand in the database and in ids that people see.
const (
	VirtualKey Kind = "virtual-key" // Value is a *config.VirtualKey
	Team       Kind = "team"        // *config.Team
	Customer   Kind = "customer"    // *config.Customer
	Override   Kind = "price"       // *config.PriceOverride
	Provider   Kind = "provider"    // *config.KeptProvider
	Model      Kind = "model"       // *config.KeptModel
)

// An Object is one thing that is kept. It is immutable.
type Object struct {
	Kind     Kind
	ID       string // made by the store; never used again
	Name     string // among those of its kind there is no other with it
	Value    any    // as its Kind says; nobody may change it
	Created  time.Time
	Updated  time.Time
	Revision int64 // of the change that wrote it

	sum [32]byte // of what is kept
}

// value is an empty one of a kind; nil: there is no such kind.
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

// encode is a value as it is kept. A virtual key must come with its digest and without itself.
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

// decode reads what was kept. What a newer program wrote and this one does not know is an
// error: a limit that is not understood must not be dropped.
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

// newID makes a random UUID (RFC 9562 §5.4).
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
