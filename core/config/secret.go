package config

// A Secret is a credential, or the place it comes from: a literal, ${NAME},
// env.NAME, file:/path, cred:NAME (systemd). It cannot print.
type Secret struct{ ref, value string }

// Reveal returns the credential itself. Only what sends it may call it.
func (s Secret) Reveal() string { return s.value }

// String never shows the credential.
func (s Secret) String() string { return "***" }
