//go:build !linux

package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "soak: it reads /proc and hands sockets over; run it on Linux")
	os.Exit(2)
}
