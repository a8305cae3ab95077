// Package rehearse stands in a provider's place, so that operators can try what happens when
// it fails, and tests can repeat what once happened: it records traffic with its timing,
// plays it again, and spoils answers as a script says. docs/REHEARSE.md tells the formats.
//
// It listens on loopback and is asked like any provider: the data plane knows nothing of it.
// It refuses to write a credential down, to reach a provider that was not named, and to hold
// more than its bounds.
package rehearse
