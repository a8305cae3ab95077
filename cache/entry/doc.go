// Package entry is how an answer is kept: a complete reply in the neutral form, as bytes
// that can be read in place, with what must be known of it before it is given again.
//
// It keeps what every format can say again. What only the format it came in knows, that
// format's spelling and its own members, is not kept; an answer that is nothing without
// them is refused. It knows no clock, no storage and no wire format: Gather takes events
// that somebody else has read.
package entry
