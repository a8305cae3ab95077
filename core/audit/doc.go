// Package audit says what is written down of a call and of a change, and how anybody can
// check later that nothing of it was touched.
//
// A Call and a Change are packed into the payload of a ledger record (AppendCall,
// AppendChange), beside what the record itself says. From there they become lines of the
// trail: JSON, numbered without gaps, each with the SHA-256 of the line before it, every so
// often one that is signed (Chain). Verify needs the lines and the public key, nothing else.
//
// Packing neither waits nor allocates. The package refuses to hold a prompt, an answer or
// a secret: of a prompt there is a digest, of a key its name. It does no I/O.
package audit
