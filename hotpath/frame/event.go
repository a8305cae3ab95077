package frame

import "bytes"

// An Event is the content of one block. Its slices are valid as long as the block.
type Event struct {
	Data []byte // the data lines, joined by LF
	Type []byte // the last event field; empty: "message"
	ID   []byte // the last id field without a NUL; nil: none, empty: reset

	// Retry is the last retry field that consists of digits; nil: none.
	Retry []byte

	// Comment says that the block has no data field: only comments, an event name, or
	// its blank line. No event is dispatched for it.
	Comment bool
}

// event reads the block raw and returns it with its event. first says that it is the
// first of its stream. Two or more data lines are joined in buf, after raw if that is in
// buf already.
func (c *Cutter) event(raw []byte, first bool) ([]byte, Event) {
	ev, lines := parse(raw, first, nil)
	if lines > 1 {
		at := len(c.buf)
		c.grow(at + len(raw))
		if at > 0 {
			raw = c.buf[:at:at]
		}
		ev, _ = parse(raw, first, c.buf[at:at:at+len(raw)])
		c.given = true
	}
	return raw, ev
}

// parse reads the lines of a block and counts its data lines. A blank line within it,
// which can only follow a byte order mark or a late LF, is ignored. join, unless nil, has
// room for all data.
func parse(raw []byte, first bool, join []byte) (ev Event, lines int) {
	if first {
		raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	}
	for len(raw) > 0 {
		n := lineLen(raw)
		field, value := split(raw[:n])
		raw = raw[n+1:]
		switch string(field) {
		case "data":
			if lines++; join == nil {
				ev.Data = value
				continue
			}
			if lines > 1 {
				join = append(join, '\n')
			}
			join = append(join, value...)
			ev.Data = join
		case "event":
			ev.Type = value
		case "id":
			if bytes.IndexByte(value, 0) < 0 {
				ev.ID = value
			}
		case "retry":
			if digits(value) {
				ev.Retry = value
			}
		}
	}
	ev.Comment = lines == 0
	return ev, lines
}

// split splits a line at its first colon and one space after it. A line without a colon is
// a name with an empty value; a comment has an empty name.
func split(line []byte) (field, value []byte) {
	i := bytes.IndexByte(line, ':')
	if i < 0 {
		return line, line[len(line):]
	}
	field, value = line[:i], line[i+1:]
	if len(value) > 0 && value[0] == ' ' {
		value = value[1:]
	}
	return field, value
}

func digits(v []byte) bool {
	for _, c := range v {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(v) > 0
}
