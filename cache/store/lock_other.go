//go:build !unix

package store

import (
	"fmt"
	"os"
)

// lockDir has no lock that ends with the process here: the file is only kept open.
func lockDir(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot open the lock %q: %w", path, err)
	}
	return f, nil
}
