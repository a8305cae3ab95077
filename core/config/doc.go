// Package config is the configuration document: YAML or JSON in, every problem
// at once with file, line and path out. It knows nothing of what the document
// is compiled into.
package config
