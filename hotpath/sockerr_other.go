//go:build !unix

package hotpath

// sockError cannot ask here; a half-close counts as a hang-up.
func sockError(uintptr) bool { return true }
