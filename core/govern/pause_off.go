//go:build !interleave

package govern

// maxTries is reached when a goroutine is stopped for milliseconds in the middle of a hold.
const maxTries = 2000

// pause does nothing; see pause_on.go.
func pause() {}
