// Package cel compares the conditions of routing rules with Google's CEL library: every
// condition that asbru/core/rule accepts must be accepted there too, with the same
// result. It is a separate module, so that the library is not part of the product.
//
//	cd bench/cel && go test ./...
package cel
