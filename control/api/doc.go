// Package api answers everything that is not LLM traffic: health, metrics, status,
// profiles. The same handler serves the slow door of the data listener,
// restricted to what may be seen there, and the admin listener in full.
//
// It refuses paths that have more than one spelling: a path is looked up as
// the bytes that the client sent, and permission is decided from the row found,
// so no spelling can show the router one path and the authorizer another. It
// never serves http.DefaultServeMux.
package api
