// Package control is the control plane: the only way to change the running
// configuration. A file edit and SIGHUP arrive at Plane.Apply and
// Plane.Reload, changes of a store at Plane.Keep. They are applied one after the other, each
// completely or not at all.
//
// It knows no HTTP and no hot path: compiling a document and swapping the
// Snapshot are passed in. It refuses to serve half a configuration, to guess,
// and to forget why a change was refused.
package control
