// Package batch reads what providers say of batches: which requests begin one or ask about it, what is in
// one, how it stands, and what each of its results used. The forms are OpenAI's, which Groq, Together,
// Azure and others share and Mistral nearly does, Anthropic's and Gemini's.
//
// It refuses to guess: a request that begins a batch in a form it does not know is Unknown, what cannot be
// read is an error, and a state whose name is new is still Working. It knows no prices and does no I/O
// but to read from what it is given.
package batch
