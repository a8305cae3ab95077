package main

import "time"

const (
	callWait = 20 * time.Second // for one call of an SDK
	patience = 5 * time.Second  // for the provider to notice that a client has gone
)
