// Package vector is the interface of a vector store: what it must do, and what a stored question
// consists of: a vector, the space that it is asked in, and the answer.
//
// It refuses to judge: a store finds similar questions and says how similar they are. Whether an
// answer is used is decided by the caller, who also verifies what comes back:
// a store may be shared, slow, restored from a backup, or written to by others.
package vector
