package main

import "time"

const (
	callWait = 60 * time.Second // for one call of an SDK
	soon     = 10 * time.Second // for an SDK to give up on what is in vain
	patience = 20 * time.Second // for the provider to notice that a client has gone
)
