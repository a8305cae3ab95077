package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"asbru/core/ledger"
)

// Two processes agree over a ledger on an abstract socket that is named after its directory. Only
// processes of the same user are listened to.

func ledgerSocket(dir string) *net.UnixAddr {
	sum := sha256.Sum256([]byte(dir))
	return &net.UnixAddr{Name: "@asbru-ledger-" + hex.EncodeToString(sum[:16]), Net: "unix"}
}

// takeLedger asks the process that has the ledger in dir to give it away.
func takeLedger(dir string) (net.Conn, error) {
	conn, err := askLedger(dir, wordTake)
	if err != nil {
		return nil, fmt.Errorf("another process has the ledger in %s and does not give it away: %w", dir, err)
	}
	word := make([]byte, len(wordYours))
	if _, err = io.ReadFull(conn, word); err != nil || string(word) != wordYours {
		conn.Close()
		return nil, fmt.Errorf("another process has the ledger in %s and keeps it: %v", dir, err)
	}
	conn.SetDeadline(time.Time{})
	return conn, nil
}

// joinLedger asks who has the ledger now to serve this process, which had it before.
func joinLedger(dir string) (net.Conn, error) {
	for end := time.Now().Add(ledgerWait); ; time.Sleep(ledgerAgain) {
		conn, err := askLedger(dir, wordJoin)
		if err == nil {
			conn.SetDeadline(time.Time{})
			return conn, nil
		}
		if time.Now().After(end) {
			return nil, fmt.Errorf("no process has the ledger in %s any more: %w", dir, err)
		}
	}
}

// askLedger says a word to who has the ledger.
func askLedger(dir, word string) (*net.UnixConn, error) {
	conn, err := net.DialUnix("unix", nil, ledgerSocket(dir))
	if err != nil {
		return nil, err
	}
	conn.SetDeadline(time.Now().Add(ledgerWait))
	if err = sameUser(conn); err == nil {
		_, err = io.WriteString(conn, word)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// offerLedger listens for a successor, until the process ends. Without it a hand-over is refused.
func (g *gateway) offerLedger(dir string) {
	l, err := net.ListenUnix("unix", ledgerSocket(dir))
	for end := time.Now().Add(ledgerWait); errors.Is(err, syscall.EADDRINUSE) && time.Now().Before(end) && g.successor; time.Sleep(ledgerAgain) {
		l, err = net.ListenUnix("unix", ledgerSocket(dir)) // the predecessor is about to close it
	}
	if err != nil {
		g.log.Warn("the ledger cannot be handed over: the next SIGUSR2 will be refused", "error", err)
		return
	}
	g.offer.Store(l)
	go func() { // ended by close, or by a hand-over
		for {
			conn, err := l.AcceptUnix()
			if err != nil {
				return
			}
			conn.SetDeadline(time.Now().Add(ledgerWait))
			word := make([]byte, len(wordTake))
			_, err = io.ReadFull(conn, word)
			book, h := g.till.Book(), g.handing.Load()
			switch {
			case err != nil || sameUser(conn) != nil || book == nil:
				conn.Close()
			case string(word) == wordJoin:
				conn.SetDeadline(time.Time{})
				go g.serveLedger(book, conn)
			case string(word) == wordTake && h.begin():
				l.Close() // the successor listens from now on
				g.passLedger(dir, conn, h)
				return
			default:
				conn.Close()
			}
		}
	}()
}

// sameUser checks who is at the other end.
func sameUser(conn *net.UnixConn) error {
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	var who *syscall.Ucred
	if e := raw.Control(func(fd uintptr) { who, err = syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED) }); e != nil {
		return e
	}
	if err == nil && int(who.Uid) != os.Geteuid() {
		err = fmt.Errorf("it is run by user %d", who.Uid)
	}
	return err
}

// segmentFor is how long the segments of a ledger in dir are: two of them, which is what is kept
// allocated, are a small part of the disk. 0: as always.
func segmentFor(dir string) int64 {
	var d syscall.Statfs_t
	if syscall.Statfs(dir, &d) != nil {
		return 0
	}
	part := int64(d.Blocks) * d.Bsize / diskParts
	return max(min(part, ledger.DefaultSegment), leastSegment) &^ (1<<20 - 1)
}
