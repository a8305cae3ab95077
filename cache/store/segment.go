package store

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
)

// magic begins every segment; its last byte is the format.
const magic = "asbru-cache\x01"

const (
	headSize   = len(magic) + 1 + 16 // magic, flags, salt
	frameSize  = 8                   // length and sum
	fixedSize  = 1 + 32 + 8          // kind, key, expiry
	sealedMark = 1
)

// suffix ends the name of a segment, which begins with its number in hex.
const suffix = ".seg"

// A kind is the type of a record.
type kind uint8

const (
	kindPut kind = iota + 1
	kindGone
)

// A record is one entry of a segment.
type record struct {
	kind    kind
	key     [32]byte
	expires int64 // Unix nanoseconds
	body    []byte
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errTorn reports a segment that ends within a record, or in other bytes.
var errTorn = errors.New("the segment ends in a torn record")

// errFormat reports a segment of another format version.
var errFormat = errors.New("the segment is of another format than this version writes")

// errSealed reports a segment that cannot be read with the current key.
var errSealed = errors.New("the segment is sealed with another key")

// appendRecord appends the frame of r for the position at in a segment.
func appendRecord(dst []byte, r *record, at int64, seal *sealer) []byte {
	start := len(dst)
	dst = append(dst, make([]byte, frameSize)...)
	plain := len(dst)
	dst = append(dst, byte(r.kind))
	dst = append(dst, r.key[:]...)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(r.expires))
	dst = append(dst, r.body...)
	if seal != nil {
		dst = seal.seal(dst[:plain], dst[plain:], at)
	}
	binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-plain))
	binary.LittleEndian.PutUint32(dst[start+4:], crc32.Checksum(dst[plain:], castagnoli))
	return dst
}

// readSegment calls f with each whole record of what in holds, and the position and length of
// its frame. It returns where the whole records end; errTorn reports that more bytes follow.
// The record's body is valid during the call.
func readSegment(in io.Reader, key []byte, f func(r *record, at, size int64) error) (end int64, err error) {
	b := bufio.NewReaderSize(in, bufferBytes)
	head := make([]byte, headSize)
	if _, err := io.ReadFull(b, head); err != nil {
		return 0, errTorn
	}
	if string(head[:len(magic)]) != magic {
		return 0, errFormat
	}
	seal, err := openSealer(key, head)
	if err != nil {
		return 0, err
	}
	at := int64(headSize)
	var frame [frameSize]byte
	var body []byte
	for {
		if _, err := io.ReadFull(b, frame[:]); err == io.EOF {
			return at, nil
		} else if err != nil {
			return at, errTorn
		}
		n := int64(binary.LittleEndian.Uint32(frame[:]))
		if n < fixedSize || n > maxBody+fixedSize+sealExtra {
			return at, errTorn
		}
		if int64(cap(body)) < n {
			body = make([]byte, n)
		}
		body = body[:n]
		if _, err := io.ReadFull(b, body); err != nil || crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(frame[4:]) {
			return at, errTorn
		}
		plain := body
		if seal != nil {
			if plain, err = seal.open(body, at); err != nil {
				return at, errSealed
			}
		}
		r := record{kind: kind(plain[0]), expires: int64(binary.LittleEndian.Uint64(plain[33:])), body: plain[fixedSize:]}
		copy(r.key[:], plain[1:])
		if err := f(&r, at, frameSize+n); err != nil {
			return at, err
		}
		at += frameSize + n
	}
}

// A segment is one file, with what is live in it.
type segment struct {
	n     uint64 // its number; segments are in this order
	path  string
	bytes int64 // of whole records, without the head
	live  int64 // of those, bytes of live records
	wall  int64 // the latest expiry of its records: afterwards all of it is dead
}

// A tail is the segment being written.
type tail struct {
	*segment
	file *os.File
	seal *sealer
	buf  []byte // not written to the file yet

	dirty bool // written to the file and not synced
}
