//go:build race

package hotpath

// stride is how far apart the splits are that are tried: the detector makes each
// ten times as dear, and the other run tries them all.
const stride = 5
