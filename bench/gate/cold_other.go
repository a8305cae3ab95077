//go:build !linux || !amd64

package main

import "context"

func cold(context.Context, *session, *section) error {
	return missing{"it makes jumps for AMD64 and binds threads as Linux does"}
}
