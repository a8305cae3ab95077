// Package vector says what a store of questions must do, wherever it is, and what a question
// looks like there: a direction, the space it is asked in, and the answer.
//
// It refuses to judge: a store finds what is near and says how near. Whether an answer may be
// given for it is decided by who asked, who also compares what comes back with what was asked
// for: a store may be shared, slow, restored from a backup, or written to by others.
package vector
