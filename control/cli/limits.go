package cli

import "time"

const (
	askTime   = 30 * time.Second // for an answer of a gateway's admin API
	maxAnswer = 16 << 20         // bytes of one
	listStep  = 500              // keys asked for at once
)
