package systemd

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// slowVariable is how long a successor sleeps before it is ready.
const slowVariable = "ASBRU_TEST_SLOW"

// A miniServer answers keep-alive requests in the smallest possible HTTP and
// drains as the gateway has to: the listener closes first, then each
// connection's next answer is its last.
type miniServer struct {
	draining atomic.Bool
	conns    sync.WaitGroup
}

func (s *miniServer) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		s.conns.Add(1)
		go s.serve(c)
	}
}

func (s *miniServer) serve(c net.Conn) {
	defer s.conns.Done()
	defer c.Close()
	r := bufio.NewReader(c)
	for {
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			if line == "\r\n" {
				break
			}
		}
		last, header := s.draining.Load(), ""
		if last {
			header = "Connection: close\r\n"
		}
		fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n%s\r\nok", header)
		if last {
			return
		}
	}
}

// beServer is a program that upgrades itself on SIGUSR2. It prints a line for
// each thing it does: event, pid, detail.
func beServer() {
	say := func(event string, detail any) { fmt.Println(event, os.Getpid(), detail) }
	upgrade := make(chan os.Signal, 1)
	signal.Notify(upgrade, syscall.SIGUSR2)
	all, ready, err := Inherit()
	if err != nil {
		say("refused", err)
		os.Exit(1)
	}
	l := all["api"]
	if l == nil {
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			say("refused", err)
			os.Exit(1)
		}
	}
	say("inherited", len(all))
	if slow, err := time.ParseDuration(os.Getenv(slowVariable)); err == nil && len(all) > 0 {
		time.Sleep(slow)
	}
	if err := ready(); err != nil {
		say("refused", err)
		os.Exit(1)
	}
	var s miniServer
	accepting := make(chan struct{})
	go func() {
		s.accept(l)
		close(accepting)
	}()
	say("serving", l.Addr())
	var h HandOver
	for range upgrade {
		if _, err := h.Start(context.Background(), map[string]net.Listener{"api": l}); err != nil {
			say("kept", err)
			continue
		}
		on, err := nonblock(l)
		say("nonblock", fmt.Sprint(on, err))
		l.Close() // hangs if the successor made the description block
		<-accepting
		s.draining.Store(true)
		s.conns.Wait()
		return
	}
}

// beBroken is a successor with something wrong.
func beBroken(role string) {
	switch role {
	case "exits":
		os.Exit(3)
	case "deaf": // never asks for the sockets
		time.Sleep(time.Minute)
	case "crashes":
		if _, _, err := Inherit(); err != nil {
			os.Exit(4)
		}
		os.Exit(5)
	case "mute": // never ready
		if _, _, err := Inherit(); err != nil {
			os.Exit(4)
		}
		time.Sleep(time.Minute)
	case "babbles":
		_, conn, err := receive(os.Getenv(handOverVariable))
		if err != nil {
			os.Exit(4)
		}
		conn.Write([]byte("hello"))
		time.Sleep(time.Minute)
	default:
		fmt.Fprintf(os.Stderr, "nobody plays %q\n", role)
		os.Exit(2)
	}
}
