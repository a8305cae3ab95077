package admin

const (
	maxBody    = 1 << 20        // of a request
	defaultRow = 100            // of a list, when nobody says
	maxRows    = 1000           // of a list
	maxTold    = 20             // problems of a refused change
	maxOld     = 8              // keys that one key had before
	maxGrace   = 30 * 24 * 3600 // seconds that an old key can stay good
)
