package scan

import "math"

const (
	// MaxDepth bounds the nesting of arrays and objects.
	MaxDepth = 512

	// MaxKeys bounds the keys of one document, all objects together, and with
	// them the table that finds duplicates (512 KiB when full).
	MaxKeys = 10_000

	// MaxBytes bounds a document, so that a Span can address all of it.
	MaxBytes = math.MaxInt32

	// maxWanted bounds the names of one Keys.
	maxWanted = 32

	// maxNameShown bounds the bytes of a key that an error message quotes.
	maxNameShown = 64

	// maxArenaKept bounds the memory that an idle Scanner keeps for keys that had to
	// be unescaped.
	maxArenaKept = 64 << 10
)
