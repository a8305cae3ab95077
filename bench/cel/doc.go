// Package cel holds the conditions of routing rules against Google's CEL
// library: whatever asbru/core/rule accepts must be accepted there too and give
// the same answer. It is a module of its own, so that the library is no part of
// the product.
//
//	cd bench/cel && go test ./...
package cel
