// Package entry is the stored form of an answer: a complete reply in the neutral form, as bytes
// that can be read in place, together with its Note.
//
// It stores what every format can express. What only the original format knows, such as its
// spelling and its own members, is not stored, and an answer that is meaningless without
// it is refused. The package knows no clock, no storage and no wire format: Gather takes events
// that were parsed elsewhere.
package entry
