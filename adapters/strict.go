package adapters

// anthropicVersion is the header line that every server of Anthropic's format requires
// (https://docs.claude.com/en/api/versioning).
const anthropicVersion = "anthropic-version: 2023-06-01\r\n"

// bookkeeping are the fields of OpenAI's requests that no answer depends on, because
// they concern only OpenAI's own records. Strict servers answer 400 or 422 to them, so
// they are cut there. Fields that change an answer are never cut: the caller must see
// that they are refused. It must not be modified.
var bookkeeping = []string{"store", "metadata", "safety_identifier", "prompt_cache_key", "prompt_cache_retention"}
