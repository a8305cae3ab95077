package build

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"asbru/adapters"
	"asbru/core"
)

// compilePaths makes p's own copies of its adapter's faces: those of the configured
// dialect, with the path of base_url in front of the path of each
// operation. Without a path in base_url there is no prefix below which other
// operations could be relayed.
func (c *compiler) compilePaths(p *provider, u *url.URL) {
	base := strings.TrimRight(u.EscapedPath(), "/")
	for _, f := range p.adapter.Faces {
		if p.doc.Dialect != "" && f.Dialect.Name != p.doc.Dialect {
			continue
		}
		own := p.face(f)
		if open, ok := unfilled(string(own.Insert)); ok {
			c.fail(member(p.at+".options", open), fmt.Sprintf("is missing: %s wants it in every request", p.adapter.Name), "")
			return
		}
		for op := range own.Paths {
			own.Paths[op] = below(base, adapters.Fill(own.Paths[op], p.options))
			own.Streams[op] = below(base, adapters.Fill(own.Streams[op], p.options))
		}
		p.faces = append(p.faces, own)
	}
	if len(p.faces) == 0 {
		c.fail(p.at+".dialect", fmt.Sprintf("is %q, which %s does not speak", p.doc.Dialect, p.adapter.Name), "leave it out, or set type: "+p.doc.Dialect+"-compatible")
		return
	}
	for _, name := range names(p.doc.Paths) {
		c.overridePath(p, base, name)
	}
}

// face copies f with the document's options and fields filled in.
func (p *provider) face(f *core.Face) *core.Face {
	own := *f
	own.Insert = []byte(adapters.Fill(string(f.Insert), p.options))
	own.Whole = adapters.Fill(f.Whole, p.options)
	own.Cut = slices.Concat(f.Cut, p.doc.Drop)
	own.Rename = slices.Clone(f.Rename)
	for _, name := range names(p.doc.Rename) {
		own.Rename = append(own.Rename, [2]string{name, p.doc.Rename[name]})
	}
	return &own
}

// overridePath replaces the adapter's path of an operation by the document's, for
// requests with and without a stream.
func (c *compiler) overridePath(p *provider, base, name string) {
	path, at := adapters.Fill(p.doc.Paths[name], p.options), member(p.at+".paths", name)
	op, ok := opNamed(name)
	open, unknown := unfilled(path)
	switch {
	case !ok:
		c.fail(at, "is no operation", near(name, opNames()))
	case !strings.HasPrefix(path, "/") || !clean(path) || strings.Contains(path, "#"):
		c.fail(at, fmt.Sprintf("is %q", path), "a path starts with / and holds visible ASCII only")
	case unknown:
		c.fail(at, fmt.Sprintf("holds {%s}, which stands for nothing here", open), "{model} and the options of its type can stand in a path")
	default:
		f := p.faceFor(op)
		f.Paths[op], f.Streams[op] = base+path, ""
	}
}

// faceFor returns the face that a document means which names only the operation:
// the first that has it, else the first whose dialect could, else the first.
func (p *provider) faceFor(op core.Op) *core.Face {
	for _, f := range p.faces {
		if f.Paths[op] != "" {
			return f
		}
	}
	for _, f := range p.faces {
		d := f.Dialect
		if d.Chats[op] != nil || op == core.OpEmbed && d.Embeds != nil || op == core.OpRerank && d.Reranks != nil || op == core.OpCount && d.Counts != nil {
			return f
		}
	}
	return p.faces[0]
}

// unfilled returns the name of a {placeholder} left in text.
func unfilled(text string) (name string, ok bool) {
	text = strings.ReplaceAll(text, "{model}", "")
	_, rest, ok := strings.Cut(text, "{")
	name, _, _ = strings.Cut(rest, "}")
	return name, ok
}

// below joins a path to base; "/" stands for base itself. If base ends with what the path
// begins with, usually a version, that is written once: addresses are copied with and without it.
func below(base, path string) string {
	if path == "" {
		return ""
	}
	if strings.HasPrefix(path, "/ws/") { // Google's WebSockets are not below the versions of its API
		base, _, _ = strings.Cut(base, "/v1/projects/")
		for _, version := range [...]string{"/v1", "/v1beta", "/v1alpha"} {
			base = strings.TrimSuffix(base, version)
		}
	}
	if i := strings.LastIndexByte(base, '/'); i >= 0 && strings.HasPrefix(path, base[i:]+"/") {
		base = base[:i]
	}
	if whole := base + strings.TrimRight(path, "/"); whole != "" {
		return whole
	}
	return "/" // the whole server; an empty path would stand for nothing
}
