package mock

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

// Summary is the line of this command in the list of commands.
const Summary = "serve a stand-in provider with chosen latency, size and faults"

// command is the settings of the flags.
type command struct {
	options   Options
	listen    string
	cert, key string
	selfSign  bool
	logFile   string
}

// Run is the `asbru mock` command: it serves until SIGINT or SIGTERM. It
// returns the exit code: 0, 1 if it cannot serve, 2 for a wrong command line.
func Run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, args, stdout, stderr)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var c command
	flags := c.flags()
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		help(stdout, flags)
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "asbru mock: %s; see asbru mock --help\n", strings.Replace(err.Error(), " -", " --", 1)) // flags are written with two here
		return 2
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "asbru mock: unexpected argument %q; see asbru mock --help\n", flags.Arg(0))
		return 2
	case (c.cert == "") != (c.key == "") || c.selfSign && c.cert != "":
		fmt.Fprintln(stderr, "asbru mock: give --tls-cert and --tls-key together, or --tls alone")
		return 2
	}
	if _, err := c.options.script(); err != nil {
		fmt.Fprintln(stderr, "asbru mock:", err)
		return 2
	}
	if err := c.serve(ctx, stdout); err != nil {
		fmt.Fprintln(stderr, "asbru mock:", err)
		return 1
	}
	return 0
}

func (c *command) flags() *flag.FlagSet {
	o := &c.options
	f := flag.NewFlagSet("mock", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	f.StringVar(&c.listen, "listen", "127.0.0.1:9900", "`address` to listen on")
	f.DurationVar(&o.Latency, "latency", 0, "wait before the response head, such as 20ms")
	f.DurationVar(&o.TTFT, "ttft", 0, "wait between the head and the first event of a stream")
	f.Float64Var(&o.TokensPerSecond, "tps", 0, "pace streams at so many `tokens` a second")
	f.DurationVar(&o.ChunkGap, "chunk-gap", 0, "wait between content chunks, if no --tps")
	f.IntVar(&o.Tokens, "tokens", DefaultTokens, "length of a reply")
	f.IntVar(&o.Chunks, "chunks", 0, "content chunks of a stream (0: one a token)")
	f.IntVar(&o.ReplyBytes, "reply-bytes", 0, "exact size of a unary reply body, such as 1500 (0: as --tokens need)")
	f.Float64Var(&o.ErrorRate, "error-rate", 0, "`share` of requests that fail, such as 0.01, evenly spread")
	f.IntVar(&o.ErrorStatus, "error-status", 500, "`status` of those")
	f.StringVar(&o.Fault, "fault", "", "`words` of the list below for every request, such as stall-3+stamp")
	f.BoolVar(&o.Stamp, "stamp", false, `put "sent_ns" (CLOCK_MONOTONIC) into each stream chunk`)
	f.StringVar(&c.cert, "tls-cert", "", "serve TLS with this certificate `file`")
	f.StringVar(&c.key, "tls-key", "", "and this key `file`")
	f.BoolVar(&c.selfSign, "tls", false, "serve TLS with a certificate made on the spot; prints its CA file")
	f.StringVar(&c.logFile, "requests-log", "", "append what arrives to this `file` as JSON lines, credentials included")
	f.IntVar(&o.Shards, "shards", 0, "event loops (0: one for each two processors)")
	return f
}

func (c *command) serve(ctx context.Context, stdout io.Writer) error {
	l, err := net.Listen("tcp", c.listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", c.listen, err)
	}
	defer l.Close()
	scheme := "http"
	if c.selfSign || c.cert != "" {
		scheme = "https"
		remove, err := c.secure(l.Addr(), stdout)
		if err != nil {
			return err
		}
		defer remove()
	}
	if c.logFile != "" {
		f, err := os.OpenFile(c.logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("cannot open the requests log: %w", err)
		}
		defer f.Close()
		c.options.RequestsLog = f
	}
	s, err := newServer(c.options)
	if err != nil {
		return err
	}
	announce(stdout, scheme+"://"+l.Addr().String(), c.selfSign)
	if err := s.serve(ctx, l); err != nil {
		return err
	}
	fmt.Fprintf(stdout, "stopped after %d requests\n", s.requests.Load())
	if s.log != nil && s.log.err != nil {
		return fmt.Errorf("cannot write the requests log: %w", s.log.err)
	}
	return nil
}

// announce prints what is served and a line to try it with.
func announce(w io.Writer, base string, insecure bool) {
	k := ""
	if insecure {
		k = "-k "
	}
	fmt.Fprintf(w, "stand-in provider on %s/v1 (chat/completions, completions, responses, embeddings, messages, models)\n", base)
	fmt.Fprintf(w, `try: curl %s%s/v1/chat/completions -d '{"model":"mock-tps-20","stream":true,"messages":[]}'`+"\n", k, base)
}
