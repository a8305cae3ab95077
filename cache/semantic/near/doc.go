// Package near finds the vectors nearest to one among many: a flat scan where they are
// few, a graph (HNSW) where they are many, and both while one becomes the other.
//
// Rows are only ever added. A row that is gone has a bit set and stays as a stepping
// stone until a merge leaves it behind: taking a node out of a graph tears it. Readers
// take no lock and allocate nothing; who writes to a Set holds its mutex.
//
// It knows nothing of texts but that a row has one, and refuses to grow without bound.
package near
