// Package cred renews short-lived credentials of providers: bearer tokens of Entra,
// Google and OAuth 2.0, and the temporary keys of AWS. Each Source has one goroutine,
// which fetches the next credential ahead of time; a request reads an atomic pointer.
//
// It refuses to do I/O for a request, to run other programs (credential_process), to
// follow redirects, to send a secret over plain HTTP to another machine, and to log: the
// state of a Source is in its Status, which holds no secret.
package cred
