package anthropic

import "bytes"

// Betas appends to dst, comma-separated and in their order, those names of an
// anthropic-beta header value that begin with one of keep. Hosts of Claude know fewer betas
// than Anthropic, and some answer 400 to a name they do not know.
func Betas(dst, header []byte, keep []string) []byte {
	first := true
	for len(header) > 0 {
		var name []byte
		name, header, _ = bytes.Cut(header, []byte(","))
		name = bytes.TrimSpace(name)
		for _, k := range keep {
			if len(name) > 0 && len(name) >= len(k) && string(name[:len(k)]) == k {
				if !first {
					dst = append(dst, ',')
				}
				first = false
				dst = append(dst, name...)
				break
			}
		}
	}
	return dst
}
