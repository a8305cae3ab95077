// Package upstream makes connections to providers, with TLS, proxies, deadlines and
// the check that an address may be dialled.
//
// It refuses to follow redirects, to resolve a name twice for one connection, and to
// dial private addresses that were not allowed.
package upstream
