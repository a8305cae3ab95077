// Package audit defines the audit records of calls and changes, and how anyone can
// verify later that they were not tampered with.
//
// A Call and a Change are packed into the payload of a ledger record (AppendCall,
// AppendChange), in addition to what the record itself says. From there they become lines of the
// trail: JSON, numbered without gaps, each with the SHA-256 of the previous line, and signed at
// intervals (Chain). Verifying needs only the lines and the public key.
//
// Packing neither waits nor allocates. The package refuses to store a prompt, an answer or
// a secret: it records a digest of a prompt, and of a key its name. It does no I/O.
package audit
