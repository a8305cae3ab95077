package admin

const (
	maxBody    = 1 << 20 // of a request
	defaultRow = 100     // of a list, when nobody says
	maxRows    = 1000    // of a list
	maxTold    = 20      // problems of a refused change
)
