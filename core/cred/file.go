package cred

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// readFile reads a regular file of at most maxFileBytes: a pipe could block for ever.
func readFile(path string) ([]byte, error) {
	fail := func(err error) ([]byte, error) {
		if pe, ok := errors.AsType[*fs.PathError](err); ok {
			err = pe.Err
		}
		return nil, fmt.Errorf("cannot read credentials from %q: %w", path, err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return fail(err)
	}
	if !info.Mode().IsRegular() {
		return fail(errors.New("it is not a regular file"))
	}
	f, err := os.Open(path)
	if err != nil {
		return fail(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	switch {
	case err != nil:
		return fail(err)
	case len(data) > maxFileBytes:
		return fail(fmt.Errorf("it is larger than %d bytes", maxFileBytes))
	}
	return data, nil
}

// readToken reads a file that holds a token and nothing else.
func readToken(path string) (Secret, error) {
	data, err := readFile(path)
	if err != nil {
		return Secret{}, err
	}
	text := strings.TrimSpace(string(data))
	if !visible(text) {
		return Secret{}, fmt.Errorf("cannot use the token in %q: it is empty or more than one word", path)
	}
	return NewSecret(text), nil
}

func base64Of(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

func flag(b bool) string {
	if b {
		return "yes"
	}
	return ""
}
