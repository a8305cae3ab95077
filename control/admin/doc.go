// Package admin is the admin API over a store: /api/governance/* in the shapes of
// Bifrost's API, and what a virtual key may ask about itself.
//
// It refuses to show a key twice, to change what the configuration file defines, and to store
// what cannot be served: each change is validated as a whole, and all problems are reported.
// Whether a caller may use the API at all is decided beforehand, by control/api.
package admin
