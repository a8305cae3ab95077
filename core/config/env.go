package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Env is what Decode needs to know about its environment. The zero Env sets no variable
// and checks no provider type.
type Env struct {
	Lookup func(name string) (string, bool) // os.LookupEnv in a process; nil: no variable is set
	Known  map[string]Kind                  // provider types by name; nil: types are not checked
}

// A Kind describes one type of provider to the validation of a Document.
type Kind struct {
	NeedsKey bool     // the server answers nobody without a key
	HasBase  bool     // its address is built in; otherwise base_url is required
	Serves   []string // bare model names it serves; a "*" suffix is a prefix match
	Options  []string // the options that it has
	Needs    []string // the options that must be set unless base_url is
	Auth     string   // the type of auth it supports besides plain keys; empty: none
	Dialects []string // the formats that it speaks; nil: not checked
}

func (e Env) lookup(name string) (string, bool) {
	if e.Lookup == nil {
		return "", false
	}
	return e.Lookup(name)
}

// types lists the known provider types in alphabetical order.
func (e Env) types() []string {
	names := make([]string, 0, len(e.Known))
	for n := range e.Known {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// listed names the known provider types or, if they are too many for a message, says where to
// find them.
func (e Env) listed() string {
	if len(e.Known) > maxListed {
		return fmt.Sprintf("the %d in docs/PROVIDERS.md", len(e.Known))
	}
	return strings.Join(e.types(), ", ")
}

// A trouble says why a value cannot be used, with a hint how to correct it.
type trouble struct{ message, hint string }

// expand replaces each ${NAME} in s by the variable's value, which is not expanded
// again, and $${ by a literal ${. refs counts the references.
func (e Env) expand(s string) (text string, refs int, bad *trouble) {
	if !strings.Contains(s, "${") {
		return s, 0, nil
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], "$${"):
			b.WriteString("${")
			i += 3
		case strings.HasPrefix(s[i:], "${"):
			name, _, closed := strings.Cut(s[i+2:], "}")
			if !closed || !isVariable(name) {
				return "", refs, &trouble{"holds ${ without a variable's name and }", "write ${NAME}, or $${ for a literal ${; there are no default values"}
			}
			value, bad := e.variable(name)
			if bad != nil {
				return "", refs, bad
			}
			if b.Len()+len(value) > maxTextBytes {
				return "", refs, &trouble{fmt.Sprintf("is longer than %d bytes once ${%s} is put in", maxTextBytes, name), ""}
			}
			b.WriteString(value)
			refs++
			i += len(name) + 3
		default:
			b.WriteByte(s[i])
			i++
		}
	}
	return b.String(), refs, nil
}

func (e Env) variable(name string) (string, *trouble) {
	value, ok := e.lookup(name)
	if !ok {
		return "", &trouble{"environment variable " + name + " is not set", "set it where asbru is started, or take this entry out"}
	}
	return value, nil
}

// secret resolves the written form of a Secret.
func (e Env) secret(text string) (Secret, *trouble) {
	expanded, refs, bad := e.expand(text)
	if bad != nil {
		return Secret{}, bad
	}
	s, bad := e.open(text, expanded, refs)
	if bad == nil && s.value != nil && *s.value == "" {
		bad = &trouble{"is empty: " + s.ref + " holds nothing", ""}
	}
	return s, bad
}

// open follows the reference in the written form of a secret, if it is one.
func (e Env) open(text, expanded string, refs int) (Secret, *trouble) {
	switch {
	case text == "":
		return Secret{}, nil
	case text == hidden:
		return Secret{}, &trouble{"is " + hidden + ", which only stands for a secret that was not shown", "write the secret itself, or a reference such as env.NAME"}
	case refs == 1 && text[0] == '$' && strings.IndexByte(text, '}') == len(text)-1:
		return Secret{text, &expanded}, nil
	case strings.HasPrefix(text, "env."):
		name := text[len("env."):]
		if !isVariable(name) {
			return Secret{}, &trouble{quote(name) + " cannot be a variable's name", "write env.NAME"}
		}
		value, bad := e.variable(name)
		return Secret{text, &value}, bad
	case strings.HasPrefix(text, "file:"):
		value, err := readSecret(expanded[len("file:"):])
		return Secret{text, &value}, cannotRead(err)
	case strings.HasPrefix(text, "cred:"):
		value, bad := e.credential(expanded[len("cred:"):])
		return Secret{text, &value}, bad
	}
	return Secret{"", &expanded}, nil
}

// credential reads a credential that systemd provides (LoadCredential=).
func (e Env) credential(name string) (string, *trouble) {
	if name == "" || name != filepath.Base(name) || name == ".." || name == "." {
		return "", &trouble{quote(name) + " cannot be a credential's name", "write cred:NAME, the name given to LoadCredential="}
	}
	dir, ok := e.lookup("CREDENTIALS_DIRECTORY")
	if !ok {
		return "", &trouble{"cannot read credential " + name + ": CREDENTIALS_DIRECTORY is not set", "cred: works under systemd with LoadCredential=" + name + ":…; elsewhere use file:/path"}
	}
	value, err := readSecret(filepath.Join(dir, name))
	return value, cannotRead(err)
}

func cannotRead(err error) *trouble {
	if err == nil {
		return nil
	}
	return &trouble{err.Error(), ""}
}

// readSecret reads a regular file of at most maxSecretBytes and strips the final line end
// that editors add.
func readSecret(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", cannotOpen(path, err)
	}
	if !info.Mode().IsRegular() { // reading a pipe could block without end
		return "", fmt.Errorf("cannot read secret file %q: it is not a regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", cannotOpen(path, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSecretBytes+1))
	if err != nil {
		return "", cannotOpen(path, err)
	}
	if len(data) > maxSecretBytes {
		return "", fmt.Errorf("cannot read secret file %q: it is larger than %d bytes", path, maxSecretBytes)
	}
	return strings.TrimRight(string(data), "\r\n"), nil
}

func cannotOpen(path string, err error) error {
	return fmt.Errorf("cannot read secret file %q: %w", path, bare(err))
}

// bare removes the path from an error whose message names it already.
func bare(err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// isVariable reports whether s is a portable name of an environment variable.
func isVariable(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c != '_' && !isLetter(c) && (i == 0 || !isDigit(c)) {
			return false
		}
	}
	return s != ""
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isDigit(c byte) bool  { return c >= '0' && c <= '9' }

// Secret resolves text as the value of a secret in a document.
func (e Env) Secret(text string) (Secret, error) {
	s, bad := e.secret(text)
	if bad != nil {
		return Secret{}, errors.New(bad.message)
	}
	return s, nil
}
