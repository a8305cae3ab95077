package api

import "time"

const (
	// MaxConns bounds the connections of one Serve.
	MaxConns = 1024
	// maxScrapes bounds the scrapes made at one time.
	maxScrapes = 4
	// maxHead bounds a request head.
	maxHead = 32 << 10
	// maxShown bounds how much of a path is quoted in an answer.
	maxShown = 128
	// maxPreflight bounds the header names that a page asks for.
	maxPreflight = 1 << 10
	// maxPEM bounds a certificate or key file.
	maxPEM = 1 << 20
	// maxStreams bounds the concurrent requests of one HTTP/2 connection.
	maxStreams = 128

	// maxGuesses bounds the wrong tokens from one address within guessTime; guessCells bounds the
	// addresses that are told apart.
	maxGuesses = 10
	guessTime  = time.Minute
	guessCells = 4096

	headWait  = 10 * time.Second // for a complete head, TLS included
	bodyWait  = 30 * time.Second // for a complete request
	writeWait = 65 * time.Second // for a complete answer; a CPU profile takes up to 60 s
	idleWait  = 60 * time.Second // between requests of a connection
	grace     = 5 * time.Second  // for answers in progress when Serve ends
	pollEvery = 2 * time.Second  // between two checks of the certificate files
)
