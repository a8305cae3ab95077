package rehearse

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A script says how answers are spoiled. Each line is a rule, and the first whose conditions hold applies.
// An answer without a rule passes unchanged.
//
//	seed 42
//	30%: status 503, header Retry-After 2
//	first 2, model gpt-4o: delay 2s
//	stream: stall 500 30s
//	every 10: reset 0
type script struct {
	rules []*rule
	mu    sync.Mutex // guards the counts and the dice
	dice  *rand.Rand
}

// A rule is a line of a script.
type rule struct {
	share        float64 // part of the matching requests; 0: all
	first, every int     // the first ones, or every nth, of them; 0: all
	model, path  string  // path is a prefix
	stream       int     // 1: only streams, -1: only others
	came         int     // matching requests so far
	spoils       spoils
}

// spoils are the actions of a rule. Byte counts are of the answer's body.
type spoils struct {
	status  int // replaces the answer; 0: it does not
	header  map[string]string
	body    string
	delay   time.Duration // before the head
	gap     time.Duration // before each write of the body
	drip    time.Duration // between the bytes of head and body
	stallAt int           // -1: it does not
	stall   time.Duration
	cutAt   int  // the connection is closed after so many bytes, without the end of the body; -1: it is not
	resetAt int  // it is reset after so many; -1: it is not
	garbage bool // bytes that are not HTTP, in place of the answer
	hang    bool // no bytes at all
	excess  int  // by how much Content-Length exceeds the body
}

// parse reads a script.
func parse(r io.Reader) (*script, error) {
	s := &script{dice: rand.New(rand.NewPCG(1, 1))}
	var problems []error
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		if seed, ok := strings.CutPrefix(line, "seed "); ok && !strings.Contains(line, ":") {
			v, err := strconv.ParseUint(strings.TrimSpace(seed), 10, 64)
			if err != nil {
				problems = append(problems, fmt.Errorf("line %d: the seed %q is no number", n, seed))
			}
			s.dice = rand.New(rand.NewPCG(v, v))
			continue
		}
		conditions, actions, ok := strings.Cut(line, ":")
		if !ok {
			problems = append(problems, fmt.Errorf("line %d: write CONDITIONS: ACTIONS", n))
			continue
		}
		r := &rule{spoils: spoils{stallAt: -1, cutAt: -1, resetAt: -1}}
		for _, c := range list(conditions) {
			if err := r.when(c); err != nil {
				problems = append(problems, fmt.Errorf("line %d: %w", n, err))
			}
		}
		for _, a := range list(actions) {
			if err := r.spoils.does(a); err != nil {
				problems = append(problems, fmt.Errorf("line %d: %w", n, err))
			}
		}
		s.rules = append(s.rules, r)
	}
	return s, errors.Join(append(problems, lines.Err())...)
}

func list(s string) (all []string) {
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

// when adds a condition.
func (r *rule) when(c string) (err error) {
	word, rest, _ := strings.Cut(c, " ")
	switch {
	case strings.HasSuffix(word, "%"):
		r.share, err = strconv.ParseFloat(strings.TrimSuffix(word, "%"), 64)
		if r.share /= 100; err == nil && (r.share <= 0 || r.share > 1) {
			err = fmt.Errorf("%s is no share", c)
		}
	case word == "always":
	case word == "stream":
		r.stream = 1
	case word == "unary":
		r.stream = -1
	case word == "model":
		r.model = rest
	case word == "path":
		r.path = rest
	case word == "first":
		r.first, err = positive(rest)
	case word == "every":
		r.every, err = positive(rest)
	default:
		err = fmt.Errorf("there is no condition %q; there are N%%, always, stream, unary, model NAME, path BEGINNING, first N, every N", word)
	}
	return err
}

func positive(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%q is no count", s)
	}
	return n, nil
}

// does adds an action.
func (s *spoils) does(a string) (err error) {
	word, rest, _ := strings.Cut(a, " ")
	at := func() (n int) {
		if n, err = strconv.Atoi(rest); err != nil || n < 0 {
			err = fmt.Errorf("%q is no count of bytes", rest)
		}
		return n
	}
	wait := func(text string) (d time.Duration) {
		if d, err = time.ParseDuration(text); err != nil || d < 0 {
			err = fmt.Errorf("%q is no duration", text)
		}
		return d
	}
	switch word {
	case "pass":
	case "status":
		if s.status, err = strconv.Atoi(rest); err != nil || s.status < 200 || s.status > 599 {
			err = fmt.Errorf("%q is no status of an answer", rest)
		}
	case "header":
		name, value, ok := strings.Cut(rest, " ")
		if !ok || strings.ContainsAny(name, ":\r\n") {
			return fmt.Errorf("write header NAME VALUE")
		}
		if s.header == nil {
			s.header = map[string]string{}
		}
		s.header[name] = value
	case "body":
		s.body = rest
	case "delay":
		s.delay = wait(rest)
	case "gap":
		s.gap = wait(rest)
	case "drip":
		s.drip = wait(rest)
	case "stall":
		n, d, ok := strings.Cut(rest, " ")
		if rest = n; !ok {
			d = silence.String()
		}
		if s.stallAt = at(); err == nil {
			s.stall = wait(d)
		}
	case "cut":
		s.cutAt = at()
	case "reset":
		s.resetAt = at()
	case "garbage":
		s.garbage = true
	case "hang":
		s.hang = true
	case "excess":
		s.excess, err = positive(rest)
	default:
		err = fmt.Errorf("there is no action %q; there are pass, status N, header NAME VALUE, body TEXT, delay D, gap D, drip D, stall BYTES [D], cut BYTES, reset BYTES, garbage, hang, excess BYTES", word)
	}
	return err
}

// rule returns the rule for a request; nil: none.
func (s *script) rule(a Ask) *rule {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rules {
		if r.model != "" && r.model != a.Model || !strings.HasPrefix(a.Path, r.path) || r.stream > 0 && !a.Stream || r.stream < 0 && a.Stream {
			continue
		}
		r.came++
		if r.first > 0 && r.came > r.first || r.every > 0 && r.came%r.every != 0 || r.share > 0 && s.dice.Float64() >= r.share {
			continue
		}
		return r
	}
	return nil
}
