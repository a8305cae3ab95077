// Package redis keeps questions in hashes of Redis or Valkey, with the index of RediSearch or
// valkey-search.
//
// It uses only what both have: a nearest-neighbour query with a filter on tags and numbers. It
// refuses to change an existing index: one for vectors of another size has another name.
//
// Source: https://redis.io/docs/latest/commands/ft.create, ft.search and
// https://valkey.io/topics/search.
package redis

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"asbru/cache/vector"

	"github.com/redis/rueidis"
)

const (
	buffer   = 32 << 10 // bytes for each direction of a connection
	ring     = 7        // log2 of the commands under way on a connection
	scanned  = 512      // keys for each SCAN when rows are removed
	writeMax = 10 * time.Second
)

// A Store uses an index for each size of vectors, called NAME_SIZE, over the hashes whose keys begin
// with that name.
type Store struct {
	o    rueidis.ClientOption
	name string

	mu     sync.Mutex
	client rueidis.Client // nil: not connected yet
	index  atomic.Pointer[string]
}

// Open returns a Store at p without connecting.
func Open(p vector.Place) (*Store, error) {
	scheme, hosts, ok := strings.Cut(strings.TrimRight(p.URL, "/"), "://")
	if !ok {
		return nil, errors.New("cannot read the address of redis")
	}
	s := &Store{name: p.Name, o: rueidis.ClientOption{
		InitAddress: strings.Split(hosts, ","), Username: p.User, Password: string(p.Secret), SelectDB: p.Database,
		ReadBufferEachConn: buffer, WriteBufferEachConn: buffer, RingScaleEachConn: ring, ConnWriteTimeout: writeMax,
		DisableCache: true, AlwaysRESP2: true, ClientName: "asbru", ForceSingleClient: !strings.Contains(hosts, ","),
	}}
	s.o.Dialer.Timeout = writeMax
	if scheme == "rediss" {
		var err error
		if s.o.TLSConfig, err = p.TLS(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// connect returns the client. It is made when first needed, because making it fails if the server
// does not answer.
func (s *Store) connect() (rueidis.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == nil {
		c, err := rueidis.NewClient(s.o)
		if err != nil {
			return nil, fmt.Errorf("cannot connect to redis: %w", err)
		}
		s.client = c
	}
	return s.client, nil
}

// Prepare implements vector.Store.
func (s *Store) Prepare(ctx context.Context, dims int) error {
	c, err := s.connect()
	if err != nil {
		return err
	}
	index := s.name + "_" + strconv.Itoa(dims)
	err = c.Do(ctx, c.B().Arbitrary("FT.CREATE").Keys(index).Args("ON", "HASH", "PREFIX", "1", index+":", "SCHEMA",
		"space", "TAG", "until", "NUMERIC", "vector", "VECTOR", "HNSW", "6", "TYPE", "FLOAT32", "DIM", strconv.Itoa(dims), "DISTANCE_METRIC", "COSINE").Build()).Error()
	if err != nil && !strings.Contains(err.Error(), "already exists") {
		return fmt.Errorf("cannot make the index %q: %w", index, err)
	}
	s.index.Store(&index)
	return nil
}

func (s *Store) prepared() (rueidis.Client, string, error) {
	index := s.index.Load()
	if index == nil {
		return nil, "", fmt.Errorf("cannot use index %q: it was not prepared", s.name)
	}
	c, err := s.connect()
	return c, *index, err
}

// Add implements vector.Store. The hash expires by itself.
func (s *Store) Add(ctx context.Context, r *vector.Row) error {
	c, index, err := s.prepared()
	if err != nil {
		return err
	}
	key := index + ":" + vector.Hex(r.Key[:])
	number := func(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
	for _, res := range c.DoMulti(ctx,
		c.B().Hset().Key(key).FieldValue().FieldValue("space", vector.Hex(r.Space[:])).FieldValue("until", number(r.Until)).
			FieldValue("vector", floats(r.Vector)).FieldValue("text", r.Text).FieldValue("answer", r.Answer).
			FieldValue("id", hex.EncodeToString(r.ID[:])).FieldValue("owner", r.Owner).FieldValue("label", r.Label).
			FieldValue("asked", r.Asked).FieldValue("answered", r.Answered).FieldValue("born", number(r.Born)).Build(),
		c.B().Expireat().Key(key).Timestamp(r.Until.Unix()).Build(),
	) {
		if err := res.Error(); err != nil {
			return fmt.Errorf("cannot write a row: %w", err)
		}
	}
	return nil
}

// floats returns a vector in the format of the index: float32, little-endian.
func floats(v []float32) string {
	b := make([]byte, 0, 4*len(v))
	for _, x := range v {
		u := math.Float32bits(x)
		b = append(b, byte(u), byte(u>>8), byte(u>>16), byte(u>>24))
	}
	return string(b)
}

// Search implements vector.Store.
func (s *Store) Search(ctx context.Context, q *vector.Query) ([]vector.Found, error) {
	c, index, err := s.prepared()
	if err != nil {
		return nil, err
	}
	top := strconv.Itoa(q.Top)
	what := "(@space:{" + vector.Hex(q.Space[:]) + "} @until:[(" + strconv.FormatInt(q.Now.Unix(), 10) + " +inf])=>[KNN " + top + " @vector $v AS distance]"
	_, docs, err := c.Do(ctx, c.B().Arbitrary("FT.SEARCH").Keys(index).Args(what, "PARAMS", "2", "v", floats(q.Vector),
		"RETURN", "5", "space", "until", "text", "answer", "distance", "LIMIT", "0", top, "DIALECT", "2").ReadOnly()).AsFtSearch()
	if err != nil {
		return nil, fmt.Errorf("cannot search: %w", err)
	}
	var all []vector.Found
	for i := range docs {
		if f, ok := found(&docs[i], index); ok {
			all = append(all, f)
		}
	}
	slices.SortStableFunc(all, func(a, b vector.Found) int { // not every server sorts by distance
		switch {
		case a.Similarity > b.Similarity:
			return -1
		case a.Similarity < b.Similarity:
			return 1
		}
		return 0
	})
	return all, nil
}

func found(d *rueidis.FtSearchDoc, index string) (f vector.Found, ok bool) {
	var keyed, spaced bool
	f.Key, keyed = vector.Digest(strings.TrimPrefix(d.Key, index+":"))
	f.Space, spaced = vector.Digest(d.Doc["space"])
	distance, err1 := strconv.ParseFloat(d.Doc["distance"], 32)
	until, err2 := strconv.ParseInt(d.Doc["until"], 10, 64)
	f.Text, f.Answer, f.Until, f.Similarity = d.Doc["text"], d.Doc["answer"], time.Unix(until, 0), float32(1-distance)
	return f, keyed && spaced && err1 == nil && err2 == nil
}

// Remove implements vector.Store. Unless the filter names one row, it scans all rows: the index has
// only the fields that searches need, because removals are rare.
func (s *Store) Remove(ctx context.Context, f *vector.Filter) error {
	c, index, err := s.prepared()
	if err != nil {
		return err
	}
	if f.Key != nil {
		return c.Do(ctx, c.B().Unlink().Key(index+":"+vector.Hex(f.Key[:])).Build()).Error()
	}
	if !f.Over.IsZero() && *f == (vector.Filter{Over: f.Over}) {
		return nil // they expire by themselves
	}
	for _, node := range c.Nodes() {
		if err := sweep(ctx, c, node, index, f); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes the rows on node that match f. In a cluster node may be a replica, so it is used only
// to scan, and everything else goes through c.
func sweep(ctx context.Context, c, node rueidis.Client, index string, f *vector.Filter) error {
	for cursor := uint64(0); ; {
		page, err := node.Do(ctx, node.B().Scan().Cursor(cursor).Match(index+":*").Count(scanned).Build()).AsScanEntry()
		if err != nil {
			return fmt.Errorf("cannot go through the rows: %w", err)
		}
		for _, key := range page.Elements {
			has, err := c.Do(ctx, c.B().Hmget().Key(key).Field("id", "owner", "label", "asked", "answered", "born", "until").Build()).AsStrSlice()
			if err != nil {
				continue // it is gone, or not one of ours
			}
			if r, ok := row(has); ok && f.Matches(&r) {
				if err := c.Do(ctx, c.B().Unlink().Key(key).Build()).Error(); err != nil {
					return fmt.Errorf("cannot remove a row: %w", err)
				}
			}
		}
		if cursor = page.Cursor; cursor == 0 {
			return nil
		}
	}
}

// row decodes those fields of a hash that a Filter can test.
func row(has []string) (r vector.Row, ok bool) {
	if len(has) != 7 {
		return r, false
	}
	n, err := hex.Decode(r.ID[:], []byte(has[0][:min(len(has[0]), 2*len(r.ID))]))
	born, err1 := strconv.ParseInt(has[5], 10, 64)
	until, err2 := strconv.ParseInt(has[6], 10, 64)
	r.Owner, r.Label, r.Asked, r.Answered = has[1], has[2], has[3], has[4]
	r.Born, r.Until = time.Unix(born, 0), time.Unix(until, 0)
	return r, err == nil && n == len(r.ID) && err1 == nil && err2 == nil
}

// Close implements vector.Store.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client != nil {
		s.client.Close()
		s.client = nil
	}
	return nil
}
