package config

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Locate fills in file, line and column of problems that only have a path, such as those
// of a compiler of the document. data is the source that the document was decoded
// from.
func Locate(name string, data []byte, problems []Problem) {
	if len(problems) == 0 {
		return // as for most documents
	}
	if root, l, bad := parseLong(name, data); bad == nil && root != nil {
		locate(name, data, root, l, problems)
	}
}

// locate gives each problem without a line the position of its path's value or, if that does
// not exist, of the last step that does. l is the long list of the document; nil: it has none.
func locate(name string, data []byte, root *yaml.Node, l *long, problems []Problem) {
	for i := range problems {
		p := &problems[i]
		p.File = name
		if p.Line > 0 {
			continue
		}
		n := root
		p.Line, p.Column = n.Line, n.Column
		for path := p.Path; path != ""; {
			var step string
			step, path = cutStep(path)
			next, at := descend(n, step)
			if l != nil && n == l.node {
				next = l.entry(name, indexOf(step))
				at = next
			}
			if next == nil {
				break
			}
			n = next
			p.Line, p.Column = at.Line, at.Column
		}
		if p.offset > 0 && n.Kind == yaml.ScalarNode {
			p.Line, p.Column = inside(data, n, p.offset)
		}
	}
}

// cutStep takes the first step off a path: name, [0] or ["quoted"]. Names are
// returned bare, the other two with their brackets.
func cutStep(path string) (step, rest string) {
	if strings.HasPrefix(path, "[\"") {
		if q, err := strconv.QuotedPrefix(path[1:]); err == nil {
			if name, err := strconv.Unquote(q); err == nil {
				return name, strings.TrimPrefix(path[1+len(q):], "]")
			}
		}
	}
	if strings.HasPrefix(path, "[") {
		if at := strings.IndexByte(path, ']'); at > 0 {
			return path[:at+1], path[at+1:]
		}
		return path, ""
	}
	path = strings.TrimPrefix(path, ".")
	if at := strings.IndexAny(path, ".["); at > 0 {
		return path[:at], path[at:]
	}
	return path, ""
}

// descend goes one step down. at is the position to report: for a value on a line of its own
// that line, not its key's.
func descend(n *yaml.Node, step string) (next, at *yaml.Node) {
	for hops := 0; n.Kind == yaml.AliasNode && hops < maxDepth; hops++ {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.SequenceNode:
		i := indexOf(step)
		if i < 0 || i >= len(n.Content) {
			return nil, nil
		}
		return n.Content[i], n.Content[i]
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if unprotect(n.Content[i].Value) == step {
				if v := n.Content[i+1]; v.Kind == yaml.ScalarNode {
					return v, v
				}
				return n.Content[i+1], n.Content[i]
			}
		}
	}
	return nil, nil
}

// indexOf returns the number of a step such as [7]; -1: it is none.
func indexOf(step string) int {
	i, err := strconv.Atoi(strings.Trim(step, "[]"))
	if err != nil || i < 0 {
		return -1
	}
	return i
}
