// Package standin is a scripted provider for every format that a gateway has to speak:
// OpenAI Chat Completions, Responses and Completions, Anthropic Messages, Gemini
// generateContent, Bedrock Converse and InvokeModel, Cohere v2 and Ollama's own, with their
// embeddings, rerank and token counts, and the other operations of vendors: speech,
// transcripts, images, files, batches, stored responses, cached contents.
//
// Over WebSockets it speaks OpenAI's Realtime API and Google's Live API.
//
// The path of a request determines its format, and the end of the model's name what
// happens: see [Scenarios]. For any other name it answers with text.
//
// It reads requests as strictly as the vendors do, and answers with the vendor's own error
// where the vendor would: for a tool result without a call, two turns of one role, a
// signature that it did not make, an unknown member. So a wrong translation shows as it
// would with a real provider. Members whose names begin with x_ are accepted.
//
// It keeps the requests: [Server.Take], or GET /__requests from outside.
//
// It refuses to be a model or a benchmark: answers are fixed, the same request gets the
// same bytes, and nothing is optimized for speed. It imports nothing of what it tests;
// checksums and framings are its own.
package standin
