package config

// Validate checks what the shape of d cannot say. It is called by Decode; a
// Document made otherwise needs it too. Problems have paths and no lines.
func (d *Document) Validate(env Env) []Problem {
	return nil
}
