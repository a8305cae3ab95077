// Package body reads from a request's JSON body what policy needs and patches the
// few bytes that must differ upstream: what all dialects do alike.
//
// It decodes nothing and refuses bodies that two readers could read differently.
package body
