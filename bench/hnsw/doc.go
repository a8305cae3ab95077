// Package hnsw compares asbru/cache/semantic/near with a full scan and with
// github.com/coder/hnsw: how often the nearest row is found, how long that takes, and how
// both change when rows are added and removed. It is a separate module, so that the
// library is not part of the product.
//
//	cd bench/hnsw && go test -v -count=1 ./...
package hnsw
