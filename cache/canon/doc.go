// Package canon writes a conversation in canonical form: bytes that are equal for equal
// questions, whatever their format and spelling, and different otherwise. Their
// SHA-256 is the key of the exact cache.
//
// The form is binary: every field has a tag and a length, so that no text can pass for
// another field. JSON escapes are undone, numbers have one spelling, and white space between
// tokens is dropped. The members of an object are sorted where their order has no meaning
// (the parameters of a tool, the arguments of a call) and kept in order where a model answers in
// that order (the schema of an answer). Fields that no answer depends on are left out: whether a
// stream is wanted, who asks, how it is billed.
//
// It refuses to be clever. Line ends, white space and Unicode forms within a text are kept as they
// are. What only one format knows is written together with that format's name. The form may
// therefore separate questions that could share an answer, but never joins different ones.
package canon
