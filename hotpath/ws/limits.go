package ws

const (
	// MaxHeader is how long the header of a frame can be, in bytes: a mask and a length of
	// eight bytes.
	MaxHeader = 14

	// MaxControl bounds the payload of a control frame (RFC 6455 §5.5).
	MaxControl = 125

	// MaxFrame is how long a control frame can be: a buffer of that size always gets on.
	MaxFrame = MaxHeader + MaxControl

	// maxFragments bounds the frames of one message: each costs work, however little it holds.
	maxFragments = 1 << 14
)
