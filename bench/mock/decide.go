package mock

import (
	"bytes"
	"fmt"
	"math"
)

// decide determines how a complete request is answered.
func (s *session) decide(w *work) bool {
	n := s.srv.requests.Add(1)
	s.script = s.srv.base
	s.wake = 0
	s.answer = answer{n: n, model: s.peek.model[:min(s.peek.modelLen, maxModel)], clock: s.srv.clock}
	if s.srv.log != nil {
		s.srv.log.request(s)
	}
	if s.srv.unlucky(n) {
		s.script.status = s.srv.errorStatus
	}
	if err := s.direct(); err != nil {
		s.script.status, s.answer.errMessage = 400, err.Error()
	}
	if s.script.tail > 0 && inTail(n) {
		s.script.latency += s.script.tail
	}
	s.compose()
	s.phase = waiting
	if s.script.latency > 0 {
		s.wake = w.now + s.script.latency
	}
	return true
}

// inTail chooses one request in tailEvery, evenly spread and without a period.
func inTail(n uint64) bool { return uint32(n)*2654435769 < math.MaxUint32/tailEvery }

// direct checks the request and applies its magic model name.
func (s *session) direct() error {
	if s.route.needsModel() {
		switch {
		case !s.peek.complete():
			return fmt.Errorf("cannot parse the JSON body of this request (%d bytes)", s.body.total)
		case s.peek.modelLen == 0:
			return fmt.Errorf("this request names no model; add a model parameter")
		case s.peek.modelLen > maxModel:
			return fmt.Errorf("cannot use a model name of more than %d bytes", maxModel)
		case s.route == toEmbeddings && s.vectors()*s.dims() > maxComponents:
			return fmt.Errorf("cannot embed %d inputs in %d dimensions at once: the bound is %d numbers",
				s.vectors(), s.dims(), maxComponents)
		}
	}
	model := s.answer.model
	if s.route == toEcho && len(model) == 0 {
		model = s.side.formModel()
	}
	if !bytes.Contains(model, []byte("mock-")) {
		return nil
	}
	return s.script.play(string(model))
}

// vectors returns how many embeddings were requested.
func (s *session) vectors() int { return max(1, s.peek.inputs) }

func (s *session) dims() int {
	if s.peek.dims > 0 {
		return s.peek.dims
	}
	return defaultDims
}

// compose fills the answer in from the script and the request.
func (s *session) compose() {
	a, sc := &s.answer, &s.script
	if sc.id > 0 {
		a.n = sc.id
	}
	a.faults = sc.faults
	a.prompt = (s.peek.prompt + 3) / 4
	a.wantUsage = s.peek.usage && !sc.has(noUsage)
	a.inputs, a.dims, a.base64, a.sum = s.vectors(), s.dims(), s.peek.base64, s.peek.sum
	a.tokens = sc.tokens
	if l := s.peek.limit; l > 0 && l < a.tokens && !sc.sized {
		a.tokens, a.cutShort = l, true
	}
	a.size = textLen(a.tokens)
	if sc.has(useTool) && (s.route == toChat || s.route == toResponses || s.route == toMessages) {
		a.tool, a.tokens, a.cutShort = s.peek.tool[:s.peek.toolLen], toolTokens, false
		if s.peek.toolLen == 0 {
			a.tool = append(s.peek.tool[:0], "cross_bridge"...)
		}
	}
	a.chunks = sc.chunks
	if a.chunks == 0 {
		a.chunks = a.tokens
	}
	if a.tool == nil {
		a.chunks = min(a.chunks, a.tokens)
	} else {
		a.chunks = max(1, min(a.chunks, len(toolArguments)))
	}
	s.step = sc.chunkGap(a.tokens, a.chunks)
}
