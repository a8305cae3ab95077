// Package owned tells which things at a provider a relayed request is about: files, batches, containers
// and what else outlives the request that made it, under a credential that all callers share. It reads
// paths, names in bodies, replies and pages of lists.
//
// It refuses to know who may do what, to keep anything, and to take a name for another one: paths are
// compared decoded and in lower case, as the most lenient server would.
package owned
