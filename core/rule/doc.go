// Package rule compiles the conditions of routing rules: a subset of the Common
// Expression Language (https://github.com/google/cel-spec), turned once into
// closures that read an Env.
//
// The subset has CEL's meaning: precedence, string literals, && and || that
// absorb errors, and a missing header that makes the whole condition not match.
// Anything else is refused with its position: a condition that is not fully
// understood is never run. Types are checked at compile time; running a
// condition does no I/O, takes no lock and allocates nothing.
package rule
