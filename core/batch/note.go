package batch

import (
	"encoding/json"
	"errors"
	"strings"
)

// A Note is what is written down of a batch, to find it again, price it, and say whose it is.
type Note struct {
	Form     string   `json:"form"`
	Place    string   `json:"place,omitempty"` // see Begins
	Provider string   `json:"provider"`
	Key      string   `json:"provider_key,omitempty"` // by which it was begun; empty: none was needed
	Name     string   `json:"name"`                   // as the provider calls it
	Op       uint8    `json:"op"`                     // core.Op of its requests
	Models   []string `json:"models,omitempty"`       // that its requests name; nil: it is not known, or they are too many
	Requests int64    `json:"requests,omitempty"`     // 0: it is not known
	Caller   string   `json:"key,omitempty"`          // the virtual key
	Team     string   `json:"team,omitempty"`
	Customer string   `json:"customer,omitempty"`
	At       int64    `json:"at"`              // when it began, Unix nanoseconds: the prices of then hold
	Spare    uint32   `json:"spare,omitempty"` // accounts that it is held on and does not pay, a bit each
}

// Title is what tells a batch from all others.
func (n *Note) Title() string { return Title(n.Provider, n.Form, n.Name) }

// Title is the Title of a batch by what it is made of.
func Title(provider, form, name string) string { return provider + " " + form + " " + name }

// Append appends the note: its title on a line, and all of it on the next.
func (n *Note) Append(dst []byte) []byte {
	b, err := json.Marshal(n)
	if err != nil {
		panic("BUG: batch: a note that cannot be written: " + err.Error())
	}
	dst = append(append(dst, n.Title()...), '\n')
	return append(dst, b...)
}

var errNote = errors.New("is no note of a batch")

// ParseNote reads what Append wrote.
func ParseNote(text string) (n Note, err error) {
	title, rest, _ := strings.Cut(text, "\n")
	if err := json.Unmarshal([]byte(rest), &n); err != nil {
		return Note{}, errNote
	}
	if n.Title() != title || Named(n.Form) == NoForm || !Plain(n.Name) {
		return Note{}, errNote
	}
	return n, nil
}
