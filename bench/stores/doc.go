// Package stores holds stand-ins for stores of vectors: Qdrant, Weaviate and Redis with
// search, as far as a cache asks them, and what PostgreSQL needs to be one. They find by comparing everything, and refuse what the
// real ones would not understand: what they do not know is an error that a test sees.
//
// It imports nothing of what it tests.
package stores
