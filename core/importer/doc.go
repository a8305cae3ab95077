// Package importer turns the configuration of another gateway, Bifrost's config.json or LiteLLM's
// config.yaml, into a document of ours. Every field of the source is taken over, or a Problem says
// with file, line and path why it is not, or not wholly.
//
// It refuses to guess: what has no counterpart is left out and told. It reads no environment and
// opens nothing; references to variables stay references, and a literal secret is copied only when
// that is asked for.
package importer
