// Command asbru is an LLM gateway in one binary.
package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Fprintln(os.Stderr, "asbru: no command is built in yet")
	os.Exit(2)
}
