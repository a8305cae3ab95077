// Package config is the configuration document: it reads YAML or JSON, reports every
// problem at once with file, line and path, and writes YAML. References to secrets are
// resolved while reading, so that a Document is complete.
//
// It refuses what it does not understand: unknown fields, duplicate keys, a
// second document in one file, values of the wrong type. It knows nothing of what
// a Document is compiled into, opens no sockets, and never shows a secret.
package config
