package bedrock

import (
	"bytes"

	"asbru/core"
)

// A model holds the properties of a model that follow from its name. A name may be an id, an inference profile
// with a region as its prefix, or an ARN that ends in either. Nothing is known of one that ends in a random id.
type model struct {
	claude, nova, nova2, gptoss bool
	version                     int // of Claude: 305 is 3.5, 400 is 4; 0: unknown
	vendor                      core.Vendor
}

func modelOf(s *core.Send) model {
	var m model
	n := s.Model
	if i := bytes.Index(n, []byte("claude")); i >= 0 {
		m.claude, m.version = true, claudeVersion(n[i:])
	}
	m.nova = bytes.Contains(n, []byte("amazon.nova"))
	m.nova2 = bytes.Contains(n, []byte("amazon.nova-2"))
	m.gptoss = bytes.Contains(n, []byte("gpt-oss"))
	m.vendor = core.Amazon
	if m.claude {
		m.vendor = core.Anthropic
	}
	if s.Face != nil && s.Face.Vendor != core.NoVendor {
		m.vendor = s.Face.Vendor
	}
	return m
}

// claudeVersion reads the version in claude-3-7-sonnet-20250219, claude-sonnet-4-20250514 or claude-opus-4-6-v1:
// the first numbers of one or two digits, at most two.
func claudeVersion(n []byte) int {
	version, parts := 0, 0
	for len(n) > 0 && parts < 2 {
		word, rest, _ := bytes.Cut(n, []byte("-"))
		n = rest
		v, ok := small(word)
		switch {
		case ok && parts == 0:
			version, parts = 100*v, 1
		case ok:
			version, parts = version+v, 2
		case parts == 1:
			return version
		}
	}
	return version
}

func small(word []byte) (int, bool) {
	if len(word) == 0 || len(word) > 2 {
		return 0, false
	}
	v := 0
	for _, c := range word {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = 10*v + int(c-'0')
	}
	return v, true
}

// thinks reports whether m supports thinking.
func (m *model) thinks() bool { return m.claude && m.version >= 307 }

// adapts reports whether m supports adaptive thinking; from 4.7 on it accepts no budget.
func (m *model) adapts() bool { return m.claude && m.version >= 406 }

// single reports whether m accepts only one of temperature and top_p, as Claude from 4.1 on.
func (m *model) single() bool { return m.claude && m.version >= 401 }

// samples reports whether m accepts either of them, which Claude from 4.7 on does not.
func (m *model) samples() bool { return !m.claude || m.version < 407 }

// caches reports whether m supports cachePoint blocks.
func (m *model) caches() bool { return m.claude || m.nova }

// strict reports whether m supports strict tools.
func (m *model) strict() bool { return m.claude && m.version >= 405 }
