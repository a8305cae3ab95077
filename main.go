// Command asbru is an LLM gateway in one binary: a proxy between applications
// and the providers of language models.
//
// Package main is the wiring, the one place that sees the data plane and the
// control plane. It decides nothing about a request and translates nothing; what
// it owns are processes: listeners, signals, the order of start and end.
package main

import (
	"os"
)

// version is set when a release is linked: -X main.version=1.2.3.
var version = "unreleased"

func main() {
	os.Exit(program(os.LookupEnv).Run(os.Args[1:], os.Stdout, os.Stderr))
}
