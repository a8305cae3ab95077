// Package hnsw measures asbru/cache/semantic/near beside a scan of everything and
// beside github.com/coder/hnsw: how often the nearest is found, how long it takes, and
// what becomes of either when rows come and go. It is a module of its own, so that the
// library is no part of the product.
//
//	cd bench/hnsw && go test -v -count=1 ./...
package hnsw
