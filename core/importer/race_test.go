//go:build race

package importer

// stride: the race detector makes each import ten times as slow, and there is nothing to race.
const stride = 7
