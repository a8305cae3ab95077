package trail

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"asbru/core/audit"
)

// A Check says what Verify has to check.
type Check struct {
	Key   string        // file of the public key
	Trail string        // of several in a database; empty: there is only one
	Least uint64        // number of a record that is known to exist; 0: none
	Fresh time.Duration // greatest age of the last checkpoint; 0: any
	Now   time.Time
}

// Verify checks the trail in from: a file of lines, a directory of such files in
// the order of their names, an SQLite database, or a postgres:// address. It needs only the public key.
// An error is a *audit.Broken, or says what cannot be read.
func Verify(ctx context.Context, from string, c Check) (audit.Report, error) {
	pub, err := readPublic(c.Key)
	if err != nil {
		return audit.Report{}, err
	}
	v := audit.NewVerifier(pub)
	if err := read(ctx, from, c.Trail, reading{line: v.Line, rows: rowsOf()}); err != nil {
		return v.Report, err
	}
	if err := v.End(c.Least); err != nil {
		return v.Report, err
	}
	if age := c.Now.Sub(time.Unix(0, v.SignedAt)); c.Fresh > 0 && age > c.Fresh {
		return v.Report, &audit.Broken{Seq: v.Last + 1, Why: fmt.Errorf("the last signed record is %v old: records were removed from the end, or none are written any more", age.Round(time.Second))}
	}
	return v.Report, nil
}

// Export writes the lines of the trail in from to w, as Verify reads them.
func Export(ctx context.Context, from, trail string, w io.Writer) error {
	out := bufio.NewWriterSize(w, 64<<10)
	err := read(ctx, from, trail, reading{line: func(line []byte) error {
		out.Write(line)
		return out.WriteByte('\n')
	}})
	if err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("cannot write the records: %w", err)
	}
	return nil
}

func readPublic(path string) (ed25519.PublicKey, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the public key: %w", err)
	}
	pub, err := audit.ParsePublic(b)
	if err != nil {
		return nil, fmt.Errorf("cannot use %s: %w", path, err)
	}
	return pub, nil
}

// A reading is what to do with each line, and then, if rows is not nil, with the columns of its row in a database.
type reading struct {
	line func(line []byte) error
	rows func(columns *audit.Head, line []byte) error
}

// row does it for one row.
func (r reading) row(columns *audit.Head, record string) error {
	line := []byte(record)
	if err := r.line(line); err != nil || r.rows == nil {
		return err
	}
	return r.rows(columns, line)
}

var errColumns = errors.New("the columns of its row do not say what its record says")

// rowsOf returns a check that the columns of a row, from which the view and most queries are made, say what the signed record says.
func rowsOf() func(columns *audit.Head, line []byte) error {
	lines := audit.NewLines()
	return func(c *audit.Head, line []byte) error {
		h, err := lines.Read(line)
		if err != nil || h.Seq != c.Seq || h.Time != c.Time || h.Kind != c.Kind || h.ID != c.ID || h.Nanos != c.Nanos {
			return &audit.Broken{Seq: h.Seq, Why: errColumns}
		}
		return nil
	}
}

// read reads the trail in from.
func read(ctx context.Context, from, trail string, to reading) error {
	if strings.HasPrefix(from, "postgres://") || strings.HasPrefix(from, "postgresql://") {
		address, err := url.Parse(from)
		if err != nil {
			return errors.New("cannot use the address: it is none")
		}
		d := Postgres("the database", address, 0).(*database)
		d.readOnly = true
		defer d.Close()
		return d.export(ctx, trail, to.row)
	}
	info, err := os.Stat(from)
	if err != nil {
		return fmt.Errorf("cannot read the trail: %w", err)
	}
	if !info.IsDir() && isSQLite(from) {
		d := readSQLite(from)
		defer d.Close()
		return d.export(ctx, trail, to.row)
	}
	files := []string{from}
	if info.IsDir() {
		if files, err = linesIn(from); err != nil {
			return err
		}
	}
	for _, name := range files {
		if err := readFile(name, to.line); err != nil {
			return err
		}
	}
	return nil
}

// linesIn lists the files of lines in a directory and its subdirectories, by name.
func linesIn(dir string) ([]string, error) {
	var all []string
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() && strings.HasSuffix(path, segmentSuffix) {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("cannot read the trail: %w", err)
	}
	slices.Sort(all)
	if len(all) == 0 {
		return nil, fmt.Errorf("there is no trail in %s: no file ends in %s", dir, segmentSuffix)
	}
	return all, nil
}

// readFile calls f for each line of a file. A last line without a line feed is also passed
// on: it is incomplete, and judged as such.
func readFile(name string, f func(line []byte) error) error {
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("cannot read the trail: %w", err)
	}
	defer file.Close()
	s := bufio.NewScanner(file)
	s.Buffer(make([]byte, 64<<10), 1<<20)
	s.Split(lineFeeds)
	for s.Scan() {
		if err := f(s.Bytes()); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("cannot read %s: %w", name, err)
	}
	return nil
}

// lineFeeds is bufio.ScanLines, except that a carriage return is part of the line: the gateway has written none.
func lineFeeds(data []byte, atEOF bool) (advance int, line []byte, err error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// isSQLite reports whether a file begins like an SQLite file.
func isSQLite(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	var b [16]byte
	io.ReadFull(f, b[:])
	return string(b[:]) == "SQLite format 3\x00"
}

// readSQLite returns a database that is only read.
func readSQLite(path string) *database {
	return &database{name: path, driver: "sqlite", source: "file:" + (&url.URL{Path: path}).EscapedPath() + "?mode=ro", readOnly: true}
}
