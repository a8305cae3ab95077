// Package owned finds out which things at a provider a relayed request is about: files, batches,
// containers and others that outlive the request that made them, under a credential that all callers
// share. It reads paths, names in bodies, replies, and pages of lists, and refuses requests about things
// of other callers.
//
// It refuses to store anything, and to let two spellings of a name differ: paths are compared decoded and
// in lower case, as the most lenient server would.
package owned
