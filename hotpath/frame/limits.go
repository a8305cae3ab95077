package frame

// MaxEvent bounds one event in bytes, from its first field to its blank line.
// Events that carry a whole image in base64 are the largest seen in practice.
const MaxEvent = 16 << 20

// minBuffer is what the default Grow allocates at least for a partial event.
const minBuffer = 2 << 10
