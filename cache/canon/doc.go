// Package canon writes a conversation as bytes that are the same for all who ask the
// same, in whatever format and spelling, and different for all who do not. Their
// SHA-256 is the key of the exact cache.
//
// The form is binary: every field is a tag and its length, so that no text can pass for
// another field. Escapes of JSON are undone, numbers are written one way, spaces between
// tokens are gone. The members of an object are sorted where their order says nothing
// (the parameters of a tool, the arguments of a call) and kept where a model answers in
// that order (the schema of an answer). What no answer depends on is left out: whether a
// stream is wanted, who asks, how it is billed.
//
// It refuses to be clever. Line ends, blanks and Unicode forms of a text are the text's
// own; what only one format knows is part of the form together with that format's name,
// so that it can split what could have been shared and never join what is different.
package canon
