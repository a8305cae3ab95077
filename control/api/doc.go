// Package api answers what is not LLM traffic: health, metrics, status,
// profiles. The same handler stands behind the slow door of the data listener,
// with what may be seen there, and on the admin listener, with all of it.
//
// It refuses paths that are not written the plain way: a path is looked up as
// the bytes the client sent, and who may see it is decided from the row found,
// so no spelling can show the router one path and the authorizer another. It
// never serves http.DefaultServeMux.
package api
