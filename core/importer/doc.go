// Package importer converts the configuration of another gateway, Bifrost's config.json or LiteLLM's
// config.yaml, into a document of ours. For every field of the source that is not imported, or not
// fully, a Problem says why, with file, line and path.
//
// It refuses to guess: a field without a counterpart is left out and reported. It reads no environment
// and opens nothing; references to variables stay references, and a literal secret is copied only on
// request.
package importer
