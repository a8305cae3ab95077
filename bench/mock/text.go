package mock

import "sort"

// prose is what every answer says, over and over. It holds characters of two
// and three bytes, so that a relay that cuts text in the wrong place is seen,
// and nothing that JSON would escape.
const prose = " A ropebridge — an asbru — hangs between two cliffs: ropes for the hands, planks for the feet," +
	" and a long way down. The Norse told of another, Ásbrú, the bridge that burns in three colours" +
	" between the world of people and the halls of the gods. Heimdallr keeps it; he sleeps less than a bird" +
	" and hears the grass grow. Both bridges ask the same of those who cross: go one at a time," +
	" keep your balance, carry no more than the ropes can bear, and leave the bridge as you found it." +
	" Wind moves it. Weather wears it. Someone walks out each spring with a knife and new cord," +
	" cuts what has frayed, ties what will hold, and walks back. That is how a bridge grows old."

// tokenEnds[i] is the offset in prose at which its token i ends. A token is a
// word with the space before it.
var tokenEnds = cutProse()

func cutProse() []int {
	var ends []int
	for i := 1; i < len(prose); i++ {
		if prose[i] == ' ' {
			ends = append(ends, i)
		}
	}
	return append(ends, len(prose))
}

// textLen is the length in bytes of the first n tokens. The text of an answer
// is prose repeated, without its very first space.
func textLen(n int) int {
	if n <= 0 {
		return 0
	}
	k := len(tokenEnds)
	return (n-1)/k*len(prose) + tokenEnds[(n-1)%k] - 1
}

// textTokens is the number of tokens begun within the first n bytes.
func textTokens(n int) int {
	if n <= 0 {
		return 0
	}
	at := n + 1
	return at/len(prose)*len(tokenEnds) + tokensBegun(at%len(prose))
}

// tokensBegun counts tokens of one round of prose that begin before offset n.
func tokensBegun(n int) int {
	if n == 0 {
		return 0
	}
	return 1 + sort.SearchInts(tokenEnds, n)
}

// textCut is the largest length up to n that does not cut a character.
func textCut(n int) int {
	for n > 0 && prose[(n+1)%len(prose)]&0xc0 == 0x80 {
		n--
	}
	return max(n, 0)
}

// appendText appends the bytes [from, to) of the text.
func appendText(dst []byte, from, to int) []byte {
	for from < to {
		at := (from + 1) % len(prose)
		n := min(to-from, len(prose)-at)
		dst = append(dst, prose[at:at+n]...)
		from += n
	}
	return dst
}
