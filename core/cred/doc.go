// Package cred keeps short-lived credentials of providers fresh: bearer tokens of
// Entra, Google and OAuth 2.0, and the temporary keys of AWS. Each Source has one
// goroutine that fetches ahead of time; a request reads an atomic pointer.
//
// It refuses to do I/O for a request, to run other programs (credential_process),
// to follow redirects, to send a secret over plain HTTP to another machine, and to
// log: how a Source is doing is in its Status, which holds no secret.
package cred
