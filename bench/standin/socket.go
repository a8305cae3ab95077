package standin

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A socket is a WebSocket of a client (RFC 6455), with the features that the server needs.
type socket struct {
	ex     *exchange
	c      net.Conn
	r      *bufio.Reader
	binary bool // messages are sent as binary
}

var errSocket = errors.New("the client broke the rules of WebSockets")

// serveSocket answers a request to open a WebSocket.
func (ex *exchange) serveSocket(open bool) {
	path := ex.r.URL.Path
	ex.route.family = "openai"
	live := strings.HasSuffix(path, "BidiGenerateContent")
	if live {
		ex.route.family = "gemini"
	}
	ex.note.Family, ex.note.Stream = ex.route.family, true
	model := ex.r.URL.Query().Get("model") + ex.r.URL.Query().Get("deployment")
	ex.note.Model = model
	f := ex.shakes()
	switch _, status := scenario(model); {
	case f != nil:
	case !live && !strings.HasSuffix(path, "/realtime"):
		f = &refusal{status: 404, message: "no such path: " + path}
	case !live && model == "":
		f = invalid("model", "You must provide a model parameter.")
	case status > 0:
		f = fixed(status)
	case !open:
		f = credential(ex.route.family, ex.r)
	}
	if f != nil {
		ex.refuse(f)
		return
	}
	k, err := ex.hijack()
	if err != nil {
		return
	}
	defer k.c.Close()
	if live {
		k.binary = true
		k.live()
	} else {
		k.realtime(model)
	}
}

// shakes checks and answers the handshake.
func (ex *exchange) shakes() *refusal {
	h := ex.r.Header
	key, err := base64.StdEncoding.DecodeString(h.Get("Sec-WebSocket-Key"))
	switch {
	case ex.r.Method != "GET" || h.Get("Sec-WebSocket-Version") != "13" || err != nil || len(key) != 16:
		return &refusal{status: 400, message: "this is no handshake of a WebSocket"}
	case strings.Contains(h.Get("Sec-WebSocket-Protocol"), "api-key"):
		return &refusal{status: 400, message: "a key of the gateway's stands among the subprotocols"}
	}
	return nil
}

func (ex *exchange) hijack() (*socket, error) {
	c, rw, err := http.NewResponseController(ex.w).Hijack()
	if err != nil {
		return nil, err
	}
	ex.status = 101
	sum := sha1.Sum([]byte(ex.r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	head := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Request-Id: req_standin\r\nSec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(sum[:]) + "\r\n"
	if first, _, _ := strings.Cut(ex.r.Header.Get("Sec-WebSocket-Protocol"), ","); first != "" {
		head += "Sec-WebSocket-Protocol: " + first + "\r\n"
	}
	c.SetDeadline(time.Now().Add(socketLife))
	_, err = io.WriteString(c, head+"\r\n")
	return &socket{ex: ex, c: c, r: rw.Reader}, err
}

// hear returns the client's next message as an object. It answers pings. A close frame is answered and returns
// io.EOF.
func (k *socket) hear() (doc, error) {
	var msg []byte
	for {
		fin, op, p, err := k.frame()
		if err != nil {
			return nil, err
		}
		switch op {
		case 8:
			k.write(8, p)
			return nil, io.EOF
		case 9:
			k.write(10, p)
			continue
		case 10:
			continue
		}
		if msg = append(msg, p...); len(msg) > maxBody {
			return nil, errSocket
		}
		if fin {
			break
		}
	}
	var d doc
	if err := json.Unmarshal(msg, &d); err != nil || d == nil {
		k.close(1007, "the message is no JSON object")
		return nil, errSocket
	}
	return d, nil
}

func (k *socket) frame() (fin bool, op byte, payload []byte, err error) {
	var h [14]byte
	if _, err = io.ReadFull(k.r, h[:2]); err != nil {
		return
	}
	if h[0]&0x70 != 0 || h[1]&0x80 == 0 {
		return false, 0, nil, errSocket
	}
	n := uint64(h[1] & 0x7f)
	if wide := map[uint64]int{126: 2, 127: 8}[n]; wide > 0 {
		if _, err = io.ReadFull(k.r, h[2:2+wide]); err != nil {
			return
		}
		n = binary.BigEndian.Uint64(append(make([]byte, 8-wide), h[2:2+wide]...))
	}
	if n > maxBody {
		return false, 0, nil, errSocket
	}
	payload = make([]byte, 4+n)
	if _, err = io.ReadFull(k.r, payload); err != nil {
		return
	}
	mask := payload[:4]
	payload = payload[4:]
	for i := range payload {
		payload[i] ^= mask[i&3]
	}
	return h[0]&0x80 != 0, h[0] & 0x0f, payload, nil
}

func (k *socket) write(op byte, p []byte) {
	b := []byte{0x80 | op}
	switch n := len(p); {
	case n < 126:
		b = append(b, byte(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	k.c.Write(append(b, p...))
}

// say sends an object.
func (k *socket) say(o obj) {
	op := byte(1)
	if k.binary {
		op = 2
	}
	k.write(op, encode(o))
}

func (k *socket) close(code uint16, reason string) {
	k.write(8, append(binary.BigEndian.AppendUint16(nil, code), reason...))
}

// asksSocket reports whether r asks for a WebSocket.
func asksSocket(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket") && strings.Contains(strings.ToLower(r.Header.Get("Connection")), "upgrade")
}

// modelOf returns the name at the end of Google's name of a model.
func modelOf(name string) string {
	name = name[strings.LastIndex(name, "/")+1:]
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	return name
}
