package main

import "time"

const (
	callWait = 60 * time.Second // for one call of an SDK
	patience = 20 * time.Second // for the provider to notice that a client has gone
)
