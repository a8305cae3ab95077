// Package cli is the command line: the table of subcommands with their flags,
// help, suggestions and shell completion, and the commands that inspect a
// configuration without serving it (check, explain, schema).
//
// It starts nothing and changes nothing. What a command needs from the rest of
// the program is passed in.
package cli
