package config

import (
	"fmt"
	"io"
	"os"
)

// ReadFile reads a document of at most MaxFileBytes. It refuses what is
// not a regular file, which could block for ever.
func ReadFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read configuration %q: %w", path, bare(err))
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("cannot read configuration %q: it is not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read configuration %q: %w", path, bare(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxFileBytes+1))
	if err != nil {
		return nil, fmt.Errorf("cannot read configuration %q: %w", path, bare(err))
	}
	return data, nil // Decode tells when it is too long
}
