// Package config is the configuration document: YAML or JSON in, every problem
// at once with file, line and path out, and YAML out again. It resolves
// references to secrets while it reads, so that a Document is complete.
//
// It refuses what it does not understand: unknown fields, duplicate keys, a
// second document in one file, values of another type. It knows nothing of what
// a Document is compiled into, opens no sockets, and never shows a secret.
package config
