//go:build !race

package importer

// stride is how many of the values of a file TestWhole goes on by; all are tried.
const stride = 1
