// Package control is the control plane: the one door through which the running
// configuration changes. A file edit and SIGHUP enter at Plane.Apply and
// Plane.Reload, what a store keeps at Plane.Keep, one after the other, and either
// change everything or nothing.
//
// It knows no HTTP and no hot path: compiling a document and swapping the
// Snapshot are handed in. It refuses to serve half a configuration, to guess,
// and to forget why something was refused.
package control
