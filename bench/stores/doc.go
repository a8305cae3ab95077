// Package stores has stand-ins for vector stores: Qdrant, Weaviate and Redis with search, with the
// operations that a cache uses, and what PostgreSQL needs to be one. They search by comparing all
// rows, and report requests that the real ones would not understand as an error of the test.
//
// It imports nothing of what it tests.
package stores
