//go:build !bufdebug

package buf

func poison([]byte) {}
