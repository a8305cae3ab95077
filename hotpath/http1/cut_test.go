package http1

import "testing"

// checkCut holds both ways to cut a line against the bytes one by one. What does not
// tell must have a reason.
func checkCut(t *testing.T, b []byte) {
	t.Helper()
	control := func(c byte) bool { return c < 0x20 || c == 0x7f }
	colon := 0
	for colon < len(b) && b[colon] != ':' && !control(b[colon]) {
		colon++
	}
	end := colon
	for end < len(b) && !control(b[end]) {
		end++
	}
	tells := end < len(b) && colon < end
	if c, e := cutWords(b); tells && (c != colon || e != end) || !tells && c >= 0 {
		t.Fatalf("cutWords(%q) = %d, %d; want %d, %d, %v", b, c, e, colon, end, tells)
	}
	c, e := cut(b)
	if c >= 0 && (!tells || c != colon || e != end) || c < 0 && tells && len(b)-end >= 16 {
		t.Fatalf("cut(%q) = %d, %d; want %d, %d, %v", b, c, e, colon, end, tells)
	}
}

func TestCut(t *testing.T) {
	line := []byte("X-Ratelimit-Remaining-Requests: 9999 of 10000, and then some\r\nX-Next: the line that follows it\r\n")
	for at := range line {
		was := line[at]
		for c := range 256 {
			line[at] = byte(c)
			checkCut(t, line)
		}
		line[at] = was
		checkCut(t, line[:at])
		checkCut(t, line[at:])
	}
}

func FuzzCut(f *testing.F) {
	f.Add([]byte("Host: gateway.example.com\r\nAccept: */*\r\n\r\n"))
	f.Add([]byte("No colon here but a tab\tand a colon: behind it\r\n0123456789abcdef"))
	f.Fuzz(func(t *testing.T, b []byte) { checkCut(t, b) })
}
