// Package rule compiles the conditions of routing rules: a subset of the Common
// Expression Language (https://github.com/google/cel-spec), turned once into
// closures that read an Env.
//
// What it understands means what it means there: precedence, string literals,
// && and || that absorb errors, a missing header that makes the whole condition
// not match. It refuses everything else with a position: a condition that is
// not understood completely is never run. Types are checked when it is
// compiled; running it does no I/O, takes no lock and allocates nothing.
package rule
