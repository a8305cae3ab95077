// Command asbru-sdk-go lets the official Go SDKs of the vendors talk through a running
// asbru to stand-in providers of every family, and tells of each call whether what the SDK
// made of the answer, in its own objects and its own errors, is what the provider said.
//
// It is a module of its own so that no SDK is a dependency of asbru. How it is started
// and what it prints is told by the package comment of e2e/clients; by hand it takes
// the same as flags:
//
//	go run . -base http://127.0.0.1:8080 -upstream http://127.0.0.1:9900 -only anthropic
//
// It refuses to look inside: what it knows of asbru is its address. It starts nothing, and uses
// no network but loopback.
package main
