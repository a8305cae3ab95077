//go:build !unix

package ledger

import (
	"errors"
	"os"
)

// errHeld is lockFile's error where another process has the lock, which is never here.
var errHeld = errors.New("held")

// lockFile keeps nobody out: there is no lock here that ends with its process.
func lockFile(*os.File) error { return nil }

func shareFile(*os.File) error { return nil }
