package store

import (
	"cmp"
	"maps"
	"slices"

	"asbru/core/config"
)

// A Set is the content of a store at one revision. It is immutable.
type Set struct {
	Revision int64
	mark     string // of the change that made it: a database that is restored from a backup counts revisions again
	byID     map[string]*Object
	byName   map[string]*Object // by kind and name
	sorted   []*Object          // by creation
	kept     *config.Kept
}

func named(k Kind, name string) string { return string(k) + "/" + name }

// newSet makes a Set of objects by id.
func newSet(revision int64, objects map[string]*Object) *Set {
	s := &Set{Revision: revision, byID: objects, byName: make(map[string]*Object, len(objects)), kept: new(config.Kept)}
	s.sorted = slices.SortedFunc(maps.Values(objects), func(a, b *Object) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	keys := 0
	for _, o := range s.sorted {
		if o.Kind == VirtualKey {
			keys++
		}
	}
	s.kept.VirtualKeys = slices.Grow(s.kept.VirtualKeys, keys)
	for _, o := range s.sorted {
		s.byName[named(o.Kind, o.Name)] = o
		switch v := o.Value.(type) {
		case *config.VirtualKey:
			s.kept.VirtualKeys = append(s.kept.VirtualKeys, *v)
		case *config.Team:
			s.kept.Teams = append(s.kept.Teams, *v)
		case *config.Customer:
			s.kept.Customers = append(s.kept.Customers, *v)
		case *config.PriceOverride:
			s.kept.Overrides = append(s.kept.Overrides, *v)
		case *config.KeptProvider:
			s.kept.Providers = append(s.kept.Providers, *v)
		case *config.KeptModel:
			s.kept.Models = append(s.kept.Models, *v)
		}
	}
	return s
}

// settle makes the objects of the Set share their values with Kept, so that many keys are not in memory
// twice. It must be called before anyone else has those objects.
func (s *Set) settle() {
	n := 0
	for _, o := range s.sorted {
		if o.Kind == VirtualKey {
			o.Value = &s.kept.VirtualKeys[n]
			n++
		}
	}
}

// Find returns the object of a kind with an id or, failing that, a name; nil: there is none.
func (s *Set) Find(k Kind, idOrName string) *Object {
	if o := s.byID[idOrName]; o != nil && o.Kind == k {
		return o
	}
	return s.byName[named(k, idOrName)]
}

// All returns the objects of a kind, the oldest first.
func (s *Set) All(k Kind) []*Object {
	var out []*Object
	for _, o := range s.sorted {
		if o.Kind == k {
			out = append(out, o)
		}
	}
	return out
}

// Len returns the number of objects.
func (s *Set) Len() int { return len(s.sorted) }

// Kept returns the Set as an addition to a document. It must not be modified.
func (s *Set) Kept() *config.Kept { return s.kept }
