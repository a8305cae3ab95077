package stores

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A Redis stands in for Redis with search, or Valkey with search, on RESP2.
// https://redis.io/docs/latest/develop/reference/protocol-spec
type Redis struct {
	Rows
	Password string

	l       net.Listener
	mu      sync.Mutex
	hashes  map[string]map[string]string
	expires map[string]int64
	indexes map[string]index
	open    map[net.Conn]bool
	ended   sync.WaitGroup
}

type index struct {
	prefix string
	kinds  map[string]string
	dims   int
}

// Listen serves on loopback until Close.
func (r *Redis) Listen() (address string, err error) {
	if r.l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return "", err
	}
	r.hashes, r.expires, r.indexes, r.open = map[string]map[string]string{}, map[string]int64{}, map[string]index{}, map[net.Conn]bool{}
	r.ended.Go(func() {
		for {
			c, err := r.l.Accept()
			if err != nil {
				return
			}
			r.mu.Lock()
			r.open[c] = true
			r.mu.Unlock()
			r.ended.Go(func() { r.serve(c) })
		}
	})
	return r.l.Addr().String(), nil
}

// Close ends all connections.
func (r *Redis) Close() {
	r.l.Close()
	r.mu.Lock()
	for c := range r.open {
		c.Close()
	}
	r.mu.Unlock()
	r.ended.Wait()
}

// Len returns the number of keys.
func (r *Redis) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.hashes)
}

// Expiring reports whether every key expires.
func (r *Redis) Expiring() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k := range r.hashes {
		if r.expires[k] == 0 {
			return false
		}
	}
	return true
}

func (r *Redis) serve(c net.Conn) {
	defer func() {
		c.Close()
		r.mu.Lock()
		delete(r.open, c)
		r.mu.Unlock()
	}()
	in, out := bufio.NewReader(c), bufio.NewWriter(c)
	known := r.Password == ""
	for {
		args, err := command(in)
		if err != nil {
			return
		}
		name := strings.ToUpper(args[0])
		switch {
		case name == "AUTH":
			known = args[len(args)-1] == r.Password
			write(out, okOr(known, "WRONGPASS invalid username-password pair"))
		case !known:
			write(out, refusal("NOAUTH Authentication required."))
		default:
			write(out, r.run(name, args[1:]))
		}
		if in.Buffered() == 0 && out.Flush() != nil {
			return
		}
	}
}

func okOr(good bool, fault string) any {
	if good {
		return simple("OK")
	}
	return refusal(fault)
}

// command reads an array of bulk strings.
func command(in *bufio.Reader) ([]string, error) {
	n, err := length(in, '*')
	if err != nil || n < 1 || n > 1<<16 {
		return nil, errors.Join(err, io.ErrUnexpectedEOF)
	}
	args := make([]string, n)
	for i := range args {
		size, err := length(in, '$')
		if err != nil || size < 0 || size > 64<<20 {
			return nil, errors.Join(err, io.ErrUnexpectedEOF)
		}
		b := make([]byte, size+2)
		if _, err := io.ReadFull(in, b); err != nil {
			return nil, err
		}
		args[i] = string(b[:size])
	}
	return args, nil
}

func length(in *bufio.Reader, kind byte) (int, error) {
	line, err := in.ReadString('\n')
	if err != nil || len(line) < 4 || line[0] != kind {
		return 0, errors.Join(err, io.ErrUnexpectedEOF)
	}
	return strconv.Atoi(strings.TrimSuffix(line[1:], "\r\n"))
}

type (
	simple  string
	refusal string
)

func write(out *bufio.Writer, v any) {
	switch v := v.(type) {
	case nil:
		out.WriteString("$-1\r\n")
	case simple:
		fmt.Fprintf(out, "+%s\r\n", string(v))
	case refusal:
		fmt.Fprintf(out, "-%s\r\n", string(v))
	case int:
		fmt.Fprintf(out, ":%d\r\n", v)
	case string:
		fmt.Fprintf(out, "$%d\r\n%s\r\n", len(v), v)
	case []any:
		fmt.Fprintf(out, "*%d\r\n", len(v))
		for _, e := range v {
			write(out, e)
		}
	}
}

func (r *Redis) run(name string, args []string) any {
	if r.isDown() {
		return refusal("LOADING Redis is loading the dataset in memory")
	}
	switch name {
	case "CLIENT", "SELECT":
		return simple("OK")
	case "PING":
		return simple("PONG")
	case "HELLO":
		return []any{"server", "redis", "version", "7.4.0", "proto", 2, "id", 1, "mode", "standalone", "role", "master", "modules", []any{}}
	case "FT.CREATE":
		return r.createIndex(args)
	case "FT.SEARCH":
		return r.find(args)
	case "HSET":
		return r.set(args)
	case "EXPIREAT":
		return r.expire(args)
	case "HMGET":
		return r.get(args)
	case "UNLINK":
		return r.unlink(args)
	case "SCAN":
		return r.scan(args)
	}
	return refusal(r.problem("ERR unknown command '%s'", name))
}

func (r *Redis) set(args []string) any {
	if len(args)%2 != 1 {
		return refusal("ERR wrong number of arguments for 'hset' command")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	h := r.hashes[args[0]]
	if h == nil {
		h = map[string]string{}
		r.hashes[args[0]] = h
	}
	for i := 1; i < len(args); i += 2 {
		h[args[i]] = args[i+1]
	}
	return len(args) / 2
}

func (r *Redis) expire(args []string) any {
	if len(args) != 2 {
		return refusal(r.problem("EXPIREAT %v", args))
	}
	at, err := strconv.ParseInt(args[1], 10, 64)
	if err != nil || at > time.Now().Add(31*24*time.Hour).Unix() {
		return refusal(r.problem("EXPIREAT %v", args))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.expires[args[0]] = at
	return 1
}

func (r *Redis) get(args []string) any {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := []any{}
	for _, f := range args[1:] {
		if v, ok := r.hashes[args[0]][f]; ok {
			all = append(all, v)
		} else {
			all = append(all, nil)
		}
	}
	return all
}

func (r *Redis) unlink(args []string) any {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.hashes)
	for _, k := range args {
		delete(r.hashes, k)
		delete(r.expires, k)
	}
	return n - len(r.hashes)
}

// scan returns the keys in two pages, so that clients have to continue.
func (r *Redis) scan(args []string) any {
	if len(args) != 5 || strings.ToUpper(args[1]) != "MATCH" || strings.ToUpper(args[3]) != "COUNT" {
		return refusal(r.problem("SCAN %v", args))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	keys := []any{}
	for k := range r.hashes {
		if ok, _ := path.Match(args[2], k); ok && (k[len(k)-1]%2 == 0) == (args[0] == "0") {
			keys = append(keys, k)
		}
	}
	next := "0"
	if args[0] == "0" {
		next = "17"
	}
	return []any{next, keys}
}

func (r *Redis) createIndex(args []string) any {
	const shape = `^(\S+) ON HASH PREFIX 1 (\S+) SCHEMA ((?:\w+ (?:TAG|NUMERIC) )+)(\w+) VECTOR HNSW 6 TYPE FLOAT32 DIM (\d+) DISTANCE_METRIC COSINE$`
	m := regexp.MustCompile(shape).FindStringSubmatch(strings.Join(args, " "))
	if m == nil {
		return refusal(r.problem("FT.CREATE %v", args))
	}
	x := index{prefix: m[2], kinds: map[string]string{m[4]: "VECTOR"}, dims: atoi(m[5])}
	for f := range slices.Chunk(strings.Fields(m[3]), 2) {
		x.kinds[f[0]] = f[1]
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, there := r.indexes[m[1]]; there {
		return refusal("Index already exists")
	}
	r.indexes[m[1]] = x
	return simple("OK")
}

var ftShape = regexp.MustCompile(`^\(@(\w+):\{([0-9a-f]+)\} @(\w+):\[\((\d+) \+inf\]\)=>\[KNN (\d+) @(\w+) \$(\w+) AS (\w+)\]$`)

func (r *Redis) find(args []string) any {
	if len(args) < 6 {
		return refusal(r.problem("FT.SEARCH %d arguments", len(args)))
	}
	r.Rows.mu.Lock()
	r.searches++
	slow, muddled := r.slow, r.muddled
	r.Rows.mu.Unlock()
	time.Sleep(slow)
	r.mu.Lock()
	defer r.mu.Unlock()
	x, ok := r.indexes[args[0]]
	if !ok {
		return refusal(args[0] + ": no such index")
	}
	m := ftShape.FindStringSubmatch(args[1])
	bad := func(what string) any { return refusal(r.problem("FT.SEARCH: %s in %.100q", what, args)) }
	if m == nil || x.kinds[m[1]] != "TAG" || x.kinds[m[3]] != "NUMERIC" || x.kinds[m[6]] != "VECTOR" {
		return bad("query")
	}
	rest := args[2:]
	if rest[0] != "PARAMS" || rest[1] != "2" || rest[2] != m[7] || len(rest[3]) != 4*x.dims {
		return bad("PARAMS")
	}
	v := vectorOf(rest[3])
	rest = rest[4:]
	if len(rest) < 2 || rest[0] != "RETURN" || len(rest) != 2+atoi(rest[1])+5 {
		return bad("RETURN")
	}
	wanted := rest[2 : 2+atoi(rest[1])]
	if tail := rest[2+len(wanted):]; tail[0] != "LIMIT" || tail[1] != "0" || tail[2] != m[5] || tail[3] != "DIALECT" || tail[4] != "2" {
		return bad("LIMIT or DIALECT")
	}
	var all []near
	for k, h := range r.hashes {
		until, _ := strconv.ParseInt(h[m[3]], 10, 64)
		if !strings.HasPrefix(k, x.prefix) || len(h[m[6]]) != 4*x.dims || !muddled && (h[m[1]] != m[2] || until <= int64(atoi(m[4]))) {
			continue
		}
		all = append(all, near{&point{id: k}, cosine(v, vectorOf(h[m[6]]))})
	}
	slices.SortFunc(all, func(a, b near) int {
		return strings.Compare(fmt.Sprintf("%09.6f", 2-a.cosine), fmt.Sprintf("%09.6f", 2-b.cosine))
	})
	all = all[:min(len(all), atoi(m[5]))]
	slices.Reverse(all) // the order is not specified
	out := []any{len(all)}
	for _, n := range all {
		fields := []any{}
		for _, f := range wanted {
			if f == m[8] {
				fields = append(fields, f, strconv.FormatFloat(1-n.cosine, 'g', -1, 64))
			} else if v, ok := r.hashes[n.id][f]; ok {
				fields = append(fields, f, v)
			}
		}
		out = append(out, n.id, fields)
	}
	return out
}

func vectorOf(blob string) []float32 {
	v := make([]float32, len(blob)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32([]byte(blob[4*i:])))
	}
	return v
}
