package mock

// session is the server's side of the protocol on one connection: bytes in, bytes out, and when to be
// called again. It uses no socket and starts no goroutine; loops and lanes drive it in the same way.
// One goroutine owns it.
//
//	readHead ─▶ readBody ─▶ waiting ─▶ [dripping] ─▶ streaming ─▶ readHead …
//	                           │            └─ unary ────────────▶ readHead …
//	                           └─▶ silent      any ─▶ ended
type session struct {
	srv     *server
	phase   phase
	after   phase // the phase after dripping
	ending  ending
	wake    int64 // clock time at which advance must be called; 0: when input comes
	more    bool  // advance stopped only because enough is built: flush, then call again
	scanned int   // bytes of the incomplete head already searched

	route   route
	keep    bool // the connection outlives this exchange
	old     bool // HTTP/1.0: no chunks
	noBody  bool // HEAD
	json    bool // the body goes through peek
	opened  bool // the stream's first events are sent
	sent    int  // content chunks sent
	started int64
	step    int64 // between chunks
	body    body
	peek    peek
	script  script
	answer  answer
	pieces  []byte // what slow-head has still to send
	side    *side  // nil unless the request is echoed or logged
}

type phase uint8

const (
	readHead phase = iota
	readBody
	waiting
	dripping
	streaming
	silent
	ended
)

// ending is how a connection goes, once what was built is flushed.
type ending uint8

const (
	endNone   ending = iota
	endClose         // close
	endLinger        // shut down writing, swallow what still arrives, close
	endReset         // reset, flushing nothing
)

// work is what a call of advance consumes and produces. The buffers belong to
// whoever drives the sessions and are shared by all of them.
type work struct {
	in      []byte // unread input; advance moves its start
	out     []byte // output, appended to
	scratch []byte
	now     int64
}

// advance goes as far as input and time allow.
func (s *session) advance(w *work) {
	s.more = false
	for s.turn(w) {
	}
}

// turn makes one step; false means there is nothing to do for now.
func (s *session) turn(w *work) bool {
	if len(w.out) >= maxBurst {
		s.more = true
		return false
	}
	switch s.phase {
	case readHead:
		return s.takeHead(w)
	case readBody:
		return s.takeBody(w)
	case waiting:
		return w.now >= s.wake && s.begin(w)
	case dripping:
		return w.now >= s.wake && s.drip(w)
	case streaming:
		return w.now >= s.wake && s.stream(w)
	}
	return false
}

// answering reports whether a request is under way, from its first byte seen
// in whole to the last byte of its answer.
func (s *session) answering() bool { return s.phase >= waiting && s.phase < ended }

// deaf reports whether the session has no more use for a client that will send nothing more.
func (s *session) deaf() bool { return s.phase <= readBody || s.phase >= silent }

func (s *session) takeHead(w *work) bool {
	for len(w.in) > 0 && (w.in[0] == '\r' || w.in[0] == '\n') && s.scanned == 0 {
		w.in = w.in[1:] // RFC 9112 section 2.2: empty lines before a request are ignored
	}
	if len(w.in) == 0 {
		return false
	}
	n := headEnd(w.in, s.scanned)
	if n < 0 && len(w.in) <= maxHead {
		s.scanned = len(w.in)
		return false
	}
	s.scanned = 0
	if n < 0 || n > maxHead {
		return s.refuse(w, 431, errHeadLarge)
	}
	h, err := parseHead(w.in[:n])
	if err != nil {
		return s.refuse(w, headStatus(err), err)
	}
	s.accept(&h)
	w.in = w.in[n:]
	if h.expect && len(w.in) == 0 && (h.chunked || h.length > 0) {
		w.out = append(w.out, "HTTP/1.1 100 Continue\r\n\r\n"...)
	}
	if h.length > maxBody {
		return s.refuse(w, 413, errBodyLarge)
	}
	return true
}

func headStatus(err error) int {
	switch err {
	case errHeadLarge:
		return 431
	case errHeadVersion:
		return 505
	case errHeadCoding:
		return 501
	}
	return 400
}

// accept takes from a head what the rest of the exchange needs.
func (s *session) accept(h *head) {
	s.route = findRoute(h.method, h.target)
	s.keep, s.old = !h.close, h.minor == 0
	s.noBody = string(h.method) == "HEAD"
	s.json = s.route.needsModel()
	s.peek.reset()
	s.body.start(max(0, h.length), h.chunked)
	s.side = nil
	if s.route >= toModel || s.srv.log != nil {
		s.side = newSide(h)
		s.json = s.json || s.route == toEcho && s.side.isJSON()
	}
	s.phase = readBody
}

func (s *session) takeBody(w *work) bool {
	for {
		data, used, done, err := s.body.next(w.in)
		w.in = w.in[used:]
		if err != nil {
			status := 400
			if err == errBodyLarge {
				status = 413
			}
			return s.refuse(w, status, err)
		}
		if s.json {
			s.peek.feed(data)
		}
		if s.side != nil {
			s.side.take(data)
		}
		if done {
			return s.decide(w)
		}
		if len(w.in) == 0 {
			return false
		}
	}
}

// refuse answers what is not a request and gives the connection up.
func (s *session) refuse(w *work, status int, why error) bool {
	if s.phase == readHead {
		s.route, s.noBody, s.old = toNothing, false, false
	}
	s.keep, s.script = false, s.srv.base
	s.script.faults, s.script.cut, s.script.stall = 0, -1, -1
	s.answer = answer{errStatus: status, errMessage: why.Error()}
	s.fault(w)
	s.phase, s.ending = ended, endLinger
	return false
}
