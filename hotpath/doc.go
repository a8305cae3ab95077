// Package hotpath is the data plane: it moves bytes between clients and
// providers. It knows core's vocabulary, but not the packages that fill it in.
//
// There is one set of decisions and two lanes. Everything decided about an exchange
// happens in steps (begin, ready, request, judge, relay, finish) that never block. A lane
// carries an exchange through them: the goroutine lane, on every system, uses one goroutine
// per connection; the loop lane, on Linux, uses one event loop per CPU and holds nothing for
// a connection that is idle. Whatever is not plain HTTP/1.1 on a known path is handed,
// with the bytes read so far, through the slow door to a net/http server.
//
// It refuses to wait for a disk, to take a shared lock per request, to allocate per
// request, and to guess where a message ends.
package hotpath
