package bedrock

import (
	"bytes"

	"asbru/core"
)

// A model is what its name tells of how it is asked. A name may be an id, an inference
// profile with a region in front, or an ARN that ends in either; one that ends in a
// random id tells nothing.
type model struct {
	claude, nova, nova2, gptoss bool
	version                     int // of Claude: 305 for 3.5, 400 for 4; 0: unknown
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

// claudeVersion reads claude-3-7-sonnet-20250219, claude-sonnet-4-20250514,
// claude-opus-4-6-v1: the first numbers of one or two digits, two at most.
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

// thinks reports whether m can be told to think before it answers.
func (m *model) thinks() bool { return m.claude && m.version >= 307 }

// adapts reports whether m finds for itself how long to think; from 4.7 on it takes no
// budget any more.
func (m *model) adapts() bool { return m.claude && m.version >= 406 }

// single reports whether m takes no temperature beside a top_p, as Claude does from 4.1 on.
func (m *model) single() bool { return m.claude && m.version >= 401 }

// samples reports whether m takes any of them; Claude does not from 4.7 on.
func (m *model) samples() bool { return !m.claude || m.version < 407 }

// caches reports whether m takes cachePoint blocks.
func (m *model) caches() bool { return m.claude || m.nova }

// strict reports whether m holds itself to the schema of a tool.
func (m *model) strict() bool { return m.claude && m.version >= 405 }
