package adapters

// anthropicVersion is the header line that every server of Anthropic's format wants
// (https://docs.claude.com/en/api/versioning).
const anthropicVersion = "anthropic-version: 2023-06-01\r\n"

// bookkeeping holds the fields of OpenAI's requests that no answer depends on: what
// OpenAI notes or keeps for itself. A strict server answers 400 or 422 to them; there
// they are cut. What changes an answer is never cut: its refusal is for the caller to
// see. Nobody writes to it.
var bookkeeping = []string{"store", "metadata", "safety_identifier", "prompt_cache_key", "prompt_cache_retention"}
