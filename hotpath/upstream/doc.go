// Package upstream is the way out: connections to providers, with TLS, proxies,
// deadlines and the check that an address may be dialled at all.
//
// It refuses to follow redirects, to resolve a name twice for one connection,
// and to dial private addresses nobody allowed.
package upstream
