package frame

// MaxEvent bounds one event in bytes, from its first field to its blank line.
// The largest events in practice contain an image in base64.
const MaxEvent = 16 << 20

// minBuffer is the least that the default Grow allocates for a partial event, in bytes.
const minBuffer = 2 << 10
