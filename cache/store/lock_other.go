//go:build !unix

package store

import (
	"fmt"
	"os"
)

// lockDir only keeps the file open: there is no lock here that ends with the process.
func lockDir(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot open the lock %q: %w", path, err)
	}
	return f, nil
}
