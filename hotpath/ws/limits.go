package ws

const (
	// MaxHeader is the length of the longest header of a frame in bytes, with a mask and a length
	// of eight bytes.
	MaxHeader = 14

	// MaxControl bounds the payload of a control frame (RFC 6455 §5.5).
	MaxControl = 125

	// MaxFrame is the length of the longest control frame in bytes, and therefore the least size
	// of a buffer.
	MaxFrame = MaxHeader + MaxControl

	// maxFragments bounds the frames of one message, because each costs work even if it is empty.
	maxFragments = 1 << 14
)
