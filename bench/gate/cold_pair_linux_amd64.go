package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"net"
	"strconv"
	"syscall"
)

// A pair is a gateway between a client and a provider that alternate.
type pair struct {
	g                        server
	listen, provider, client int // descriptors; -1: not open
	question, answer, room   []byte
	number                   uint64
	warm, cold               buckets
}

// pair starts a gateway and connects to it.
func (st *stand) pair(shape gatewayShape) (*pair, error) {
	p := &pair{listen: -1, provider: -1, client: -1, room: make([]byte, 64<<10), warm: buckets{}, cold: buckets{}}
	port, err := p.open()
	if err != nil {
		return nil, err
	}
	if p.g, err = st.gateway("127.0.0.1:"+strconv.Itoa(port), shape); err != nil {
		return nil, err
	}
	a, err := net.ResolveTCPAddr("tcp", p.g.addr)
	if err != nil {
		return nil, err
	}
	if p.client, err = socket(); err != nil {
		return nil, err
	}
	if err := syscall.Connect(p.client, &syscall.SockaddrInet4{Port: a.Port, Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return nil, err
	}
	text := fmt.Sprintf(`{"model":"mock","messages":[{"role":"system","content":"You are brief."},{"role":"user","content":"%0*d %01350d"}],"temperature":0.7}`, coldDigits, 0, 0)
	p.question = fmt.Appendf(nil, "POST /v1/chat/completions HTTP/1.1\r\nHost: %s\r\nUser-Agent: gate\r\nAccept: application/json\r\nContent-Type: application/json\r\n"+
		"Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s", p.g.addr, virtualKey, len(text), text)
	text = fmt.Sprintf(`{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"mock","choices":[{"index":0,"message":{"role":"assistant",`+
		`"content":"%01200d"},"finish_reason":"stop"}],"usage":{"prompt_tokens":300,"completion_tokens":200,"total_tokens":500}}`, 0)
	p.answer = fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nContent-Length: %d\r\n\r\n%s", len(text), text)
	return p, nil
}

// open listens for the gateway on a port of the system's choice.
func (p *pair) open() (port int, err error) {
	if p.listen, err = socket(); err != nil {
		return 0, err
	}
	if err = syscall.Bind(p.listen, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return 0, err
	}
	if err = syscall.Listen(p.listen, 16); err != nil {
		return 0, err
	}
	a, err := syscall.Getsockname(p.listen)
	if err != nil {
		return 0, err
	}
	return a.(*syscall.SockaddrInet4).Port, nil
}

func socket() (int, error) {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	patience := syscall.NsecToTimeval(int64(readyWithin))
	return fd, syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &patience) // accepted connections inherit it
}

func (p *pair) close() {
	for _, fd := range []int{p.listen, p.provider, p.client} {
		if fd >= 0 {
			syscall.Close(fd)
		}
	}
}

// burst sends some questions, all different, and adds the times that the gateway took. forget is called
// before each measured part; nil: nothing is.
func (p *pair) burst(ctx context.Context, forget func()) error {
	before, err := p.decisions()
	if err != nil {
		return err
	}
	for range coldBurst {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.exchange(forget); err != nil {
			return err
		}
	}
	after, err := p.decisions()
	if err != nil {
		return err
	}
	sum := p.warm
	if forget != nil {
		sum = p.cold
	}
	for upper, n := range after.less(before) {
		sum[upper] += n
	}
	return nil
}

func (p *pair) exchange(forget func()) error {
	p.number++
	body := len(p.question) - len(`"}],"temperature":0.7}`) - 1350 - 1
	copy(p.question[body-coldDigits:body], fmt.Appendf(nil, "%0*d", coldDigits, p.number))
	if forget != nil {
		forget()
	}
	if _, err := syscall.Write(p.client, p.question); err != nil {
		return err
	}
	if p.provider < 0 {
		var err error
		if p.provider, _, err = syscall.Accept(p.listen); err != nil {
			return fmt.Errorf("the gateway asks nobody: %w", err)
		}
	}
	if err := p.read(p.provider); err != nil {
		return err
	}
	if forget != nil {
		forget()
	}
	if _, err := syscall.Write(p.provider, p.answer); err != nil {
		return err
	}
	return p.read(p.client)
}

// read reads one message.
func (p *pair) read(fd int) error {
	for at := 0; at < len(p.room); {
		n, err := syscall.Read(fd, p.room[at:])
		if err == syscall.EINTR {
			continue
		}
		if err != nil || n <= 0 {
			return fmt.Errorf("no whole message came: %d bytes, %w", n, err)
		}
		if at += n; whole(p.room[:at]) {
			return nil
		}
	}
	return fmt.Errorf("a message is longer than %d bytes", len(p.room))
}

// whole reports whether b is a complete message according to its head.
func whole(b []byte) bool {
	head, body, ok := bytes.Cut(b, []byte("\r\n\r\n"))
	if !ok {
		return false
	}
	_, after, ok := bytes.Cut(bytes.ToLower(head), []byte("content-length: "))
	if !ok {
		return false
	}
	length, _, _ := bytes.Cut(after, []byte("\r"))
	n, err := strconv.Atoi(string(length))
	return err == nil && len(body) >= n
}

// decisions returns the histogram of the gateway's own time.
func (p *pair) decisions() (buckets, error) {
	page, err := metricsPage(p.g.addr)
	return bucketsOf(page, "asbru_decision_seconds"), err
}

// medians are in microseconds.
func (p *pair) medians() (warm, cold float64, err error) {
	if n := p.warm[math.Inf(1)]; n == 0 {
		return 0, 0, fmt.Errorf("%s counted no decision", p.g.name)
	}
	if warm, err = p.warm.quantile(0.5); err == nil {
		cold, err = p.cold.quantile(0.5)
	}
	return warm * 1e6, cold * 1e6, err
}
