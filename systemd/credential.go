package systemd

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Credential returns what LoadCredential= or SetCredential= of the unit stores
// under name, without one line end at its end: a secret written with an editor
// has one, and no key does. The caller owns the bytes. A credential that the
// unit does not have is fs.ErrNotExist. The text of an error holds the name,
// never the value.
func Credential(name string) ([]byte, error) {
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00") {
		return nil, fmt.Errorf("cannot read credential %q: %w: want a plain file name", name, fs.ErrInvalid)
	}
	dir := os.Getenv("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return nil, fmt.Errorf("cannot read credential %q: %w: CREDENTIALS_DIRECTORY is not set; does the unit have LoadCredential=%s:...?",
			name, fs.ErrNotExist, name)
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return nil, fmt.Errorf("cannot read credential %q: %w", name, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxCredential+1))
	if err != nil {
		return nil, fmt.Errorf("cannot read credential %q: %w", name, err)
	}
	if len(b) > maxCredential {
		return nil, fmt.Errorf("cannot read credential %q: it is longer than %d bytes", name, maxCredential)
	}
	if cut, ok := bytes.CutSuffix(b, []byte("\n")); ok {
		b = bytes.TrimSuffix(cut, []byte("\r"))
	}
	return b, nil
}
