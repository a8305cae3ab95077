package ws

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// judge feeds b to a flow in pieces of at most step bytes, as a relay does, and returns what the
// messages and control frames held and what went on.
func judge(t *testing.T, f *Flow, b []byte, step int) (heard []string, on []byte, bad *Violation) {
	t.Helper()
	var in, msg []byte
	var p Piece
	for {
		for len(in) > 0 {
			n, v := f.Next(in, &p)
			if v != nil {
				return heard, on, v
			}
			if n == 0 {
				if len(in) >= MaxFrame {
					t.Fatalf("%d bytes are not enough", len(in))
				}
				break
			}
			if p.Control() {
				heard = append(heard, string("0123456789abcdef"[p.Op])+string(p.Payload))
			} else {
				if p.First {
					msg = msg[:0]
				}
				if msg = append(msg, p.Payload...); p.Last {
					heard = append(heard, string("0123456789abcdef"[p.Op])+string(msg))
				}
			}
			p.Restore()
			on = append(on, in[:n]...)
			in = in[n:]
		}
		if len(b) == 0 {
			return heard, on, nil
		}
		n := min(step, len(b))
		in, b = append(append([]byte(nil), in...), b[:n]...), b[n:]
	}
}

var mask = &[4]byte{0x37, 0xfa, 0x21, 0x3d}

func TestFlow(t *testing.T) {
	long := strings.Repeat("0123456789", 7000)
	var b []byte
	b = AppendFrame(b, Text, []byte("hällo"), mask)
	b = append(b, 0x01, 0x83, 1, 2, 3, 4, 0xe2^1, 0x82^2, 0xac^3) // "€", to be continued
	b = AppendFrame(b, Ping, []byte("now"), mask)
	b = append(b, 0x80, 0x81, 1, 2, 3, 4, '!'^1)
	b = AppendFrame(b, Binary, []byte(long), mask)
	b = AppendFrame(b, Binary, nil, mask)
	b = AppendFrame(b, Close, AppendClose(nil, 1000, "bye"), mask)
	want := []string{"1hällo", "9now", "1€!", "2" + long, "2", "8\x03\xe8bye"}
	for _, step := range []int{1, 2, 3, 7, 100, 8192, len(b)} {
		heard, on, bad := judge(t, &Flow{Client: true}, b, step)
		if bad != nil || !bytes.Equal(on, b) || len(heard) != len(want) {
			t.Fatalf("in steps of %d: %d of %d bytes went on, %v", step, len(on), len(b), bad)
		}
		for i := range want {
			if heard[i] != want[i] {
				t.Errorf("in steps of %d: heard %.40q; want %.40q", step, heard[i], want[i])
			}
		}
	}
}

func TestViolations(t *testing.T) {
	f := func(hexed string, client bool, want Code) {
		t.Helper()
		b, err := hex.DecodeString(hexed)
		if err != nil {
			t.Fatal(err)
		}
		for step := 1; step <= len(b); step++ {
			if _, _, bad := judge(t, &Flow{Client: client, Most: 1 << 20}, b, step); bad == nil || bad.Code != want {
				t.Errorf("%s in steps of %d: got %v; want %d", hexed, step, bad, want)
			}
		}
	}
	f("8100", true, Protocol)          // no mask
	f("818000000000", false, Protocol) // a mask
	f("c100", false, Protocol)
	f("8300", false, Protocol)
	f("8b00", false, Protocol)
	f("0900", false, Protocol)     // a ping in fragments
	f("897e007e", false, Protocol) // a long one
	f("8000", false, Protocol)     // continues nothing
	f("01008100", false, Protocol) // a message in another
	f("817e007d", false, Protocol) // not the shortest form
	f("817f000000000000ffff", false, Protocol)
	f("817fffffffffffffffff", false, Protocol)
	f("827f0000000000100001", false, TooBig)
	f("818100000000ff", true, BadText)
	f("018100000000e2808100000000ff", true, BadText)
	f("818200000000e282", true, BadText) // half a character
	f("880103", false, Protocol)
	f("880203ec", false, Protocol) // 1004
	f("88021388", false, Protocol) // 5000
	f("880303e8ff", false, BadText)
}

func TestFragments(t *testing.T) {
	b := []byte{0x01, 0}
	for range maxFragments {
		b = append(b, 0x00, 0)
	}
	if _, _, bad := judge(t, &Flow{}, b, len(b)); bad == nil || bad.Code != Policy {
		t.Errorf("got %v", bad)
	}
}

func TestClose(t *testing.T) {
	p := AppendClose(nil, Internal, strings.Repeat("ä", 100))
	code, reason, bad := ParseClose(p)
	if len(p) > MaxControl || code != Internal || len(reason) != 122 || bad != nil {
		t.Errorf("got %d bytes, %d %q, %v", len(p), code, reason, bad)
	}
	if code, _, bad := ParseClose(nil); code != NoCode || bad != nil {
		t.Errorf("an empty one is %d, %v", code, bad)
	}
}

func TestHandshake(t *testing.T) {
	const key = "dGhlIHNhbXBsZSBub25jZQ==" // RFC 6455 §1.3
	if got := string(AppendAccept(nil, []byte(key))); got != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
		t.Errorf("got %q", got)
	}
	if got := AppendKey(nil, [16]byte([]byte("the sample nonce"))); string(got) != key || !KeyValid(got) {
		t.Errorf("got %q", got)
	}
	for _, bad := range []string{"", "AAAA", "!!!!!!!!!!!!!!!!!!!!!!==", key[:23], key + "=", "dGhlIHNhbXBsZSBub25jZR=="} {
		if KeyValid([]byte(bad)) {
			t.Errorf("%q passes for a key", bad)
		}
	}
}

func TestMask(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		p := make([]byte, r.IntN(40))
		at := r.Uint64()
		want := make([]byte, len(p))
		for i := range p {
			p[i] = byte(r.Uint32())
			want[i] = p[i] ^ mask[(at+uint64(i))&3]
		}
		if Mask(p, *mask, at); !bytes.Equal(p, want) {
			t.Fatalf("%d bytes at %d: got %x; want %x", len(p), at, p, want)
		}
	}
}

// TestShared judges frames that were written after the RFC by others.
func TestShared(t *testing.T) {
	raw, err := os.ReadFile("../../../shared/data/protocol/ws/frames.jsonl")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("ws/frames.jsonl is not beside this repository; TestViolations covers its classes")
	}
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range bytes.Lines(raw) {
		var row struct {
			ID, Expect string
			Parts      []struct {
				Hex    string
				Repeat int
			}
			Codes []int `json:"close_codes"`
		}
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatal(err)
		}
		var b []byte
		for _, p := range row.Parts {
			one, err := hex.DecodeString(p.Hex)
			if err != nil {
				t.Fatal(err)
			}
			b = append(b, bytes.Repeat(one, p.Repeat)...)
		}
		n++
		for _, step := range []int{1 + len(b)/1000, 8192} {
			heard, on, bad := judge(t, &Flow{Client: true, Most: 16 << 20}, b, step)
			closed := len(heard) > 0 && heard[len(heard)-1][0] == '8'
			ok := false
			switch row.Expect {
			case "echo", "pong":
				ok = bad == nil && bytes.Equal(on, b) && len(heard) > 0
			case "close":
				code := 1000
				if bad != nil {
					code = int(bad.Code)
				} else if closed && len(heard[len(heard)-1]) > 2 {
					code = int(heard[len(heard)-1][1])<<8 | int(heard[len(heard)-1][2])
				}
				for _, c := range row.Codes {
					ok = ok || c == code
				}
				ok = (ok || len(row.Codes) == 0) && (bad != nil || closed)
			case "either":
				ok = true
			case "timeout":
				ok = bad == nil && len(on) == 0
			}
			if !ok {
				t.Errorf("%s in steps of %d: heard %d, %d of %d bytes went on, %v; want %s %v", row.ID, step, len(heard), len(on), len(b), bad, row.Expect, row.Codes)
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d rows", n)
	}
}

// FuzzFlow holds that how the bytes are cut changes nothing, and that what goes on is what came.
func FuzzFlow(f *testing.F) {
	f.Add([]byte{0x81, 2, 'h', 'i', 0x89, 0}, false, uint8(1))
	f.Add(AppendFrame(nil, Text, []byte("häll"), mask), true, uint8(3))
	f.Add([]byte{0x01, 1, 'a', 0x80, 1, 'b', 0x88, 2, 3, 0xe8}, false, uint8(2))
	f.Fuzz(func(t *testing.T, b []byte, client bool, step uint8) {
		whole, on, bad := judge(t, &Flow{Client: client, Most: 1 << 20}, bytes.Clone(b), len(b)+1)
		parts, on2, bad2 := judge(t, &Flow{Client: client, Most: 1 << 20}, bytes.Clone(b), int(step)+1)
		if len(whole) != len(parts) || (bad == nil) != (bad2 == nil) || bad != nil && bad.Code != bad2.Code {
			t.Errorf("%q, %v whole; %q, %v in steps of %d", whole, bad, parts, bad2, step+1)
		}
		if !bytes.HasPrefix(b, on) || !bytes.HasPrefix(b, on2) {
			t.Errorf("%x became %x", b, on)
		}
	})
}
