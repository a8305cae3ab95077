// Package near finds the nearest neighbours of a vector among many: with a flat scan of few rows, a
// graph (HNSW) of many, and both while rows move from one to the other.
//
// Rows are only ever added. A removed row has a bit set, and remains a stepping stone of the graph
// until a merge drops it, because removing a node would disconnect the graph. Searches take no lock
// and allocate nothing; writers of a Set hold its mutex.
//
// It stores the text of a row without reading it, and refuses to grow without bound.
package near
