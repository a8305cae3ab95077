package config

import (
	"fmt"
	"io"
	"os"
)

// ReadFile reads a document of at most MaxFileBytes. It refuses anything but a
// regular file, since reading a pipe could block without end.
func ReadFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read configuration %q: %w", path, bare(err))
	}
	if info.IsDir() {
		return nil, fmt.Errorf("cannot read configuration %q: it is a directory; hint: name the file in it", path)
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
	return data, nil // Decode reports it if it is too long
}
