package hotpath

import (
	"bytes"
	"strings"
	"time"

	"asbru/core"
	"asbru/hotpath/http1"
)

// A flight is one Exchange under way, with the state that the lanes keep for it. It
// comes from a pool and belongs to one lane.
type flight struct {
	x      core.Exchange
	buf    []byte // the request: head, then decoded body; borrowed
	head   int    // length of the head in buf
	fields fields // gives the stages access to the head while they run
	name   []byte // storage for the target's model name; reused with the flight

	free     bool  // the client's connection closes after this exchange
	gone     bool  // the client hung up
	late     bool  // the last attempt ran into a deadline
	sent     bool  // the last attempt's request was sent completely
	void     bool  // the last attempt's reply was empty or incomplete
	queued   bool  // it waits at gate
	cut      bool  // only the part of x.Path behind spot is sent on
	stream   bool  // the path asks for a stream
	pause    pause // where it is paused
	admitted bool  // the stages of Admit are done
	paid     bool  // the stages of Commit are done
	secure   bool  // the client's connection uses TLS
	settled  bool  // the stages of Settle are done
	whole    bool  // the end of the reply has arrived
	tolling  toll  // Commit or Settle was begun
	ending   bool  // the stages of After have begun

	target *core.Target
	key    *core.ProviderKey
	tally  *core.Tally  // of target, while it counts this flight as in flight
	gate   core.Gate    // of target, while this flight waits at it or has passed it
	ticket *core.Ticket // for gate; nil before the first gate
	rel    relay
	door   *Door
	habits *habits   // of the lane; nil: it has none
	named  []byte    // the model named in the path, unescaped; its storage is reused with the flight
	spot   core.Span // where in x.Path that model stands
	drop   string    // the body's member that stands in for a model; empty: none
	cross  *crossing // nil: client and target speak the same format, so far

	bell    bell  // of the lane that made this flight
	firstBy int64 // Clock by which the attempt must have sent something; 0: Waits decide
	paused  int64 // Clock since when it is paused; 0: it is not
	rested  int64 // nanoseconds it was paused in all

	begun  int64 // Clock when the attempt's request was handed to the kernel
	first  int64 // Clock when the attempt's reply head arrived
	last   int64 // Clock of the last read from upstream
	over   int64 // Clock when the last byte was handed to the kernel; 0: unknown
	decide int64 // nanoseconds of our own work
	kernel int64 // decide, with the kernel's write calls added
	in     uint64
	out    uint64
	ttft   int64
	status int
	large  int64   // bytes counted against the budget for large bodies
	care   *care   // nil: plain attempts one after the other suffice
	socket *socket // nil: it does not become a WebSocket
	on     onLoop
}

// reset makes f ready for its pool. Events that still arrive for the old exchange no longer
// match its generation.
func (f *flight) reset() {
	f.x.Reset()
	gen := f.on.gen + 1
	f.buf, f.head, f.free, f.gone, f.late, f.sent, f.void = nil, 0, false, false, false, false, false
	f.target, f.key, f.tally, f.rel, f.cross = nil, nil, nil, relay{}, nil
	f.door, f.named, f.spot, f.cut, f.drop, f.stream, f.fields = nil, f.named[:0], core.Span{}, false, "", false, fields{}
	f.gate, f.queued = nil, false
	f.firstBy, f.paused, f.rested = 0, 0, 0
	f.secure = false
	f.pause, f.admitted, f.paid, f.settled, f.whole, f.tolling, f.ending = going, false, false, false, false, untolled, false
	f.begun, f.first, f.last, f.over, f.decide, f.kernel = 0, 0, 0, 0, 0, 0
	f.in, f.out, f.ttft, f.status, f.large = 0, 0, 0, 0, 0
	f.parted(nil)
	f.on, f.care, f.socket = onLoop{gen: gen}, nil, nil
}

// A way is where a door leads.
type way uint8

const (
	wayHot   way = iota // served by this package
	waySlow             // handed to net/http
	wayFault            // refused: x.Fault says why
)

// begin judges a request by its head alone: the door, the caller, the size.
// It runs before the body is read, so a stranger cannot make us buffer one. The lane has
// set x.Start.
func (s *Server) begin(f *flight, r *http1.Request, b []byte) way {
	x := &f.x
	x.Snap = s.snap.Load()
	f.head = r.HeadLen
	f.free = r.Close || r.Minor == 0
	s.identify(x, r, b)
	if way := s.place(f, r, b); way != wayHot {
		return way
	}
	if r.Minor == 0 && x.Op == core.OpRealtime {
		return refuse(x, core.Invalid, "a WebSocket cannot be opened in HTTP/1.0", "send the request as HTTP/1.1")
	}
	if r.Minor == 0 {
		return waySlow // answered once, then closed
	}
	if x.Snap == nil {
		return refuse(x, core.Overloaded, "the gateway has no configuration yet", "try again in a moment")
	}
	if len(x.Snap.Origins) > 0 {
		x.Page = pageOf(x.Snap, r, b)
	}
	if string(r.Method.Of(b)) == "OPTIONS" {
		return s.preflight(f, r, b)
	}
	if !caller(x, r, b, f.habits.sums()) {
		return wayFault
	}
	if x.Op == core.OpRealtime {
		return s.upgrade(f, r, b)
	}
	if r.Upgrade && http1.EqualFold(r.Value(b, http1.Upgrade), "websocket") {
		f.free = true // what its client sends next may be meant for a WebSocket
		return refuse(x, core.Invalid, "this path cannot become a WebSocket: those of realtime conversations can", "ask over HTTP, for a stream with server-sent events")
	}
	limit := bodyLimit(x.Snap, r, b)
	if r.ContentLength > int64(limit) {
		return tooLarge(x, r.ContentLength, limit)
	}
	return wayHot
}

// place finds the door of a request and what its path says.
func (s *Server) place(f *flight, r *http1.Request, b []byte) way {
	x := &f.x
	op, door, found := s.find(r, b)
	path := r.Path.Of(b)
	clean := found.exact
	switch {
	case door == nil:
		if len(s.opt.Doors) > 0 {
			x.From = s.opt.Doors[0].Dialect
		}
		if http1.PathClean(path) {
			return waySlow
		}
	default:
		x.Op, x.From, x.Path, f.door, f.drop = op, door.Dialect, path[len(door.Prefix)+found.Skip:], door, found.Drop
		if found.Speaks != nil {
			x.From = found.Speaks
		}
		if found.Model != nil {
			clean = s.named(f, path, found, r.Query.Of(b))
		} else if !clean {
			clean = http1.PathClean(path)
		}
	}
	switch {
	case clean && op == core.OpPass && door.Provider == "" && strings.HasSuffix(door.Prefix, "/v1") && bytes.HasPrefix(path[len(door.Prefix):], []byte("/v1/")):
		return refuse(x, core.NotFound, "the path has /v1 twice", "take it from the end of the base URL that the client was given")
	case clean:
		return wayHot
	}
	hint := "send the path in its plain form"
	if bytes.Contains(path, []byte("//")) {
		hint += "; a base URL that ends in a slash can double it"
	}
	return refuse(x, core.Invalid, "the path holds dot segments, doubled slashes or escapes that two readers could read differently", hint)
}

// identify gives the exchange its id: the client's own if that is a UUID or 32
// hex digits, else a new one.
func (s *Server) identify(x *core.Exchange, r *http1.Request, b []byte) {
	if v := r.Value(b, http1.XRequestID); len(v) >= 32 && len(v) <= maxRequestID && parseID(&x.ID, v) {
		return
	}
	s.newID(x)
}

func parseID(id *[16]byte, v []byte) bool {
	n := 0
	for _, c := range v {
		if c == '-' {
			continue
		}
		d := unhex(c)
		if d > 15 || n == 32 {
			return false
		}
		id[n/2] = id[n/2]<<4 | d
		n++
	}
	return n == 32
}

// caller finds the virtual key. The first credential header that is present decides;
// if it holds a wrong key, the next header is not tried.
func caller(x *core.Exchange, r *http1.Request, b []byte, d *digests) bool {
	secret := credential(r, b)
	if secret == nil && x.Op == core.OpRealtime {
		secret = socketSecret(x, r, b)
	}
	if len(secret) > 0 {
		if k := x.Snap.Keys[*d.of(x.Snap.Pepper, secret)]; k != nil {
			x.Key = k
			return stands(x)
		}
	}
	if len(secret) == 0 && len(x.From.Leads) > 0 {
		if x.Key = permitted(x, r, b); x.Key != nil {
			return stands(x)
		}
	}
	if x.Snap.Anonymous != nil && !presumed(r, b, secret) {
		x.Key = x.Snap.Anonymous
		return true
	}
	if len(secret) == 0 {
		refuse(x, core.Unauthenticated, "the request carries no key", "send it as Authorization: Bearer KEY")
		x.Fault.Kind = "virtual_key_required"
	} else {
		refuse(x, core.Unauthenticated, "the key that was sent is unknown", "check it, or ask an administrator for one")
		x.Fault.Kind = "access_not_found"
	}
	return false
}

// presumed reports that an unknown secret was sent or is spelled as a virtual key. Its caller is not anonymous: a key that was
// deleted would otherwise be good for whatever a key's limits had kept its caller from. Other secrets are those that the SDKs of providers
// insist on.
func presumed(r *http1.Request, b, secret []byte) bool {
	return len(secret) > 0 && (r.Value(b, http1.XBFVK) != nil || bytes.HasPrefix(secret, []byte(core.KeyPrefix)) || bytes.HasPrefix(secret, []byte("vk-")))
}

// stands refuses a caller whose key is known but disabled or expired.
func stands(x *core.Exchange) bool {
	if k := x.Key; k.Disabled || k.Ends != 0 {
		x.Fault = k.Barred(time.Now().Unix())
	}
	return x.Fault == nil
}

func credential(r *http1.Request, b []byte) []byte {
	if v := r.Value(b, http1.XBFVK); v != nil {
		return v
	}
	if v := r.Value(b, http1.Authorization); v != nil {
		if len(v) > 7 && http1.HasPrefixFold(v, "bearer ") {
			for v = v[7:]; v[0] == ' '; v = v[1:] { // RFC 9110 11.6.2; the last byte of a value is no blank
			}
			return v
		}
		return nil
	}
	for _, id := range [...]http1.FieldID{http1.XAPIKey, http1.APIKey, http1.XGoogAPIKey} {
		if v := r.Value(b, id); v != nil {
			return v
		}
	}
	return nil
}

// bodyLimit is the largest body allowed, in bytes. A form may hold a file of 25 MB, the most
// that providers accept, beside its other fields.
func bodyLimit(snap *core.Snapshot, r *http1.Request, b []byte) int {
	if n := snap.Limits.BodyBytes; n > 0 && n != defaultBody {
		return n
	}
	if http1.HasPrefixFold(r.Value(b, http1.ContentType), "multipart/form-data") {
		return defaultForm
	}
	return defaultBody
}

func refuse(x *core.Exchange, c core.Code, message, hint string) way {
	x.Fault = &core.Fault{Code: c, Message: message, Hint: hint}
	return wayFault
}

func tooLarge(x *core.Exchange, n int64, limit int) way {
	msg := append([]byte(nil), "the request body is "...)
	msg = append(http1.AppendUint(msg, uint64(n)), " bytes and may be "...)
	msg = append(http1.AppendUint(msg, uint64(limit)), " at most"...)
	return refuse(x, core.TooLarge, string(msg), "send less, or raise limits.body_bytes")
}

func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}
