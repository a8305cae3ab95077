//go:build !unix

package loadgen

func openFiles() int { return 0 }
