package admin

const (
	maxBody    = 1 << 20        // bytes of a request
	defaultRow = 100            // rows of a list by default
	maxRows    = 1000           // rows of a list at most
	maxTold    = 20             // problems reported of a refused change
	maxOld     = 8              // previous credentials of one key
	maxGrace   = 30 * 24 * 3600 // seconds that a previous credential can stay valid
	maxValue   = 4096           // bytes of a credential
)
