package gemini

import (
	"asbru/core"
)

// user appends the parts of the turns from i to j, which are of the user and of tools: first the results, in the order of
// the calls before them, then the media in them, then the rest.
func (k *asking) user(dst []byte, i, j int, only bool) ([]byte, *core.Fault) {
	dst, f := k.results(dst, i, j)
	if f != nil {
		return dst, f
	}
	for ; i < j; i++ {
		t := k.c.Turns[i]
		if instructs(t.Role) && !only {
			continue
		}
		for n := t.From; n < t.To; n += 1 + k.c.Parts[n].Inner {
			if dst, f = k.asked(dst, n); f != nil {
				return dst, f
			}
		}
	}
	return dst, nil
}

// asked appends a part of a user's turn other than a result.
func (k *asking) asked(dst []byte, n int32) ([]byte, *core.Fault) {
	p := &k.c.Parts[n]
	switch p.Kind {
	case core.PartText, core.PartRefusal:
		return appendText(dst, p.Text), nil
	case core.PartImage, core.PartFile, core.PartAudio, core.PartVideo:
		if p.Inner > 0 {
			return k.inner(dst, n)
		}
		if p.Hint != nil && string(p.Hint) != "auto" {
			k.c.Drop("detail")
		}
		if len(p.Name) > 0 && (p.Text == nil || len(p.Data)+len(p.URL)+len(p.File) > 0) {
			k.c.Drop(core.LostTitle)
		}
		return appendMedia(dst, p)
	case core.PartOther:
		k.c.Drop("messages.content." + string(p.Type))
	}
	return dst, nil
}

// inner appends the parts of a document.
func (k *asking) inner(dst []byte, n int32) ([]byte, *core.Fault) {
	for i := n + 1; i <= n+k.c.Parts[n].Inner; i += 1 + k.c.Parts[i].Inner {
		var f *core.Fault
		if dst, f = k.asked(dst, i); f != nil {
			return dst, f
		}
	}
	return dst, nil
}
