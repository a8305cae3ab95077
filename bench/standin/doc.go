// Package standin is a scripted provider that speaks every format a gateway has to
// speak: OpenAI Chat Completions, Responses and Completions, Anthropic Messages, Gemini
// generateContent, Bedrock Converse and InvokeModel, Cohere v2 and Ollama's own, with the
// embeddings, rerank and token counts that belong to them, and what vendors make and keep
// besides: speech, transcripts, images, files, batches, stored responses, cached contents.
//
// Over WebSockets it speaks OpenAI's Realtime API and Google's Live API.
//
// The path of a request says which format it is in, and the end of the model's name
// what happens: see [Scenarios]. A name that ends in none of them answers with text.
//
// It reads requests as strictly as the vendors do and answers with the vendor's own
// error when one would: a tool result nobody asked for, two turns of one role, a
// signature that it did not make, a member it does not know. So a translation that is
// wrong is seen where it would be seen in earnest. Members whose names begin with x_ pass.
//
// It remembers what it was sent: [Server.Take], or GET /__requests from outside.
//
// It refuses to be a model or a benchmark: answers are fixed, the same request gets the same
// bytes, and nothing here is made to be fast. It imports nothing of what it tests;
// sums and framings are its own.
package standin
