// Package admin is the admin API of what a store keeps: /api/governance/* with the shapes of
// Bifrost's, and what a virtual key may ask about itself.
//
// It refuses to show a key twice, to change what stands in the configuration file, and to keep
// what cannot be served: each change is tried as a whole, and all that speaks against it is told.
// Who may ask at all is decided before, by control/api.
package admin
