package mock

const failMessage = "the stand-in provider was asked to fail here"

// beginStream sends the head of a stream and sets its pace: chunk i is due at
// started + i*step, whatever happened to the chunks before it.
func (s *session) beginStream(w *work) bool {
	from := len(w.out)
	s.keep = s.keep && !s.old
	s.appendHead(w, 200, typeSSE, chunkedLength)
	s.phase, s.opened, s.sent = streaming, false, 0
	s.started = w.now + s.script.ttft
	s.slow(w, from)
	if s.phase == streaming {
		s.wake = s.started
	}
	return true
}

// stream sends what is due.
func (s *session) stream(w *work) bool {
	if s.derail(w) {
		return s.phase == readHead
	}
	sh := s.route.shape()
	if !s.opened {
		s.opened = true
		w.scratch = sh.open(w.scratch[:0], &s.answer)
		s.emit(w)
		return true
	}
	if s.sent == s.answer.chunks {
		w.scratch = sh.end(w.scratch[:0], &s.answer)
		s.emit(w)
		return s.endStream(w)
	}
	w.scratch = sh.delta(w.scratch[:0], &s.answer, s.sent)
	s.emit(w)
	s.sent++
	if s.answer.has(garbage) && s.sent == 1 {
		w.scratch = append(w.scratch[:0], "data: {\"choices\":[{\"delta\":{\"content\":\n\nno colon \xff\xfe here\n\n"...)
		s.emit(w)
	}
	if s.sent < s.answer.chunks {
		s.wake = s.started + int64(s.sent)*s.step
	}
	return true
}

// derail does what the script wants to go wrong at this point of the stream.
func (s *session) derail(w *work) bool {
	if s.sent == 0 && s.opened {
		return false // asked for after no chunk: that was before the first event
	}
	switch s.sent {
	case s.script.cut:
		s.phase, s.ending = ended, endClose
	case s.script.stall:
		s.phase, s.wake = silent, 0
	case s.script.fail:
		s.answer.errStatus, s.answer.errMessage = 500, failMessage
		w.scratch = s.route.shape().fail(w.scratch[:0], &s.answer)
		s.emit(w)
		s.endStream(w)
	default:
		return false
	}
	return true
}

// endStream ends the body and the exchange.
func (s *session) endStream(w *work) bool {
	if !s.old {
		w.out = append(w.out, "0\r\n\r\n"...)
	}
	s.wake, s.phase = 0, readHead
	if !s.keep {
		s.phase, s.ending = ended, endClose
	}
	return true
}

// emit sends the scratch buffer as one chunk.
func (s *session) emit(w *work) {
	n := len(w.scratch)
	if n == 0 {
		return
	}
	if s.old {
		w.out = append(w.out, w.scratch...)
		return
	}
	const hex = "0123456789abcdef"
	shift := 0
	for n>>shift > 15 {
		shift += 4
	}
	for ; shift >= 0; shift -= 4 {
		w.out = append(w.out, hex[n>>shift&15])
	}
	w.out = append(w.out, '\r', '\n')
	w.out = append(w.out, w.scratch...)
	w.out = append(w.out, '\r', '\n')
}
