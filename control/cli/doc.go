// Package cli is the command line: the table of subcommands with their flags,
// help, suggestions and shell completion, and the commands that look at a
// configuration without serving it (check, explain, schema).
//
// It starts nothing and changes nothing. What a command needs of the rest of
// the house is handed in.
package cli
