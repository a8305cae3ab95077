// Package rehearse takes a provider's place, so that operators can try what happens when the
// provider fails, and tests can repeat real traffic: it records traffic with its timing, replays
// it, and spoils answers by a script. docs/REHEARSE.md describes the formats.
//
// For the data plane it is like any provider. It refuses to record credentials, to connect to a
// provider that was not named, and to exceed its bounds.
package rehearse
