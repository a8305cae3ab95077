//go:build !race

package hotpath

const stride = 1
