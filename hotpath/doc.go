// Package hotpath is the data plane: it moves bytes between clients and
// providers. It knows core's vocabulary and nothing of who filled it in.
//
// One core, two lanes. What is decided about an exchange stands in pure steps
// (begin, ready, request, judge, relay, finish) that never wait. A lane
// carries an exchange through them: the goroutine lane with a goroutine a
// connection, everywhere; the loop lane, on Linux, with one event loop a core and nothing
// held for a connection that is quiet. What is not plain HTTP/1.1 on a known path goes,
// with its bytes, through the slow door to a net/http server.
//
// It refuses to wait for a disk, to take a shared lock on a request, to allocate for
// one, and to guess where a message ends.
package hotpath
