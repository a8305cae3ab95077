package govern

import (
	"asbru/core/ledger"
)

// noteOf is a record that a process which drains has written where the Book is, in the form of an end: the note is the id and
// the payload. ok is false when it is not of that kind.
func noteOf(r *ledger.Record) (e End, ok bool) {
	if r.Kind != ledger.Audit || len(r.Lines) > 0 || len(r.Payload) > takenNote-len(r.ID) {
		return e, false
	}
	return End{Now: r.Time, Note: append(append(make([]byte, 0, len(r.ID)+len(r.Payload)), r.ID[:]...), r.Payload...)}, true
}

// write is Till.Write; here: the Book is here again, and is to be asked. It is asked again of who has the Book next, if nobody
// said that it is written. So a process that dies between writing it and saying so has it written twice.
func (f *far) write(r *ledger.Record) (done, here bool) {
	e, ok := noteOf(r)
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.own != nil:
		return false, true
	case !ok || f.lost != nil || len(f.asked) >= maxNotes:
		return false, false
	}
	f.put(&call{f: f, isEnd: true, end: e, kind: ledger.Audit})
	return true, false
}

// writeTaken writes a record of a process that drains, and returns its Seq; 0: there is no room, or it is none.
func (b *Book) writeTaken(e *End) ledger.Seq {
	r := ledger.Record{Kind: ledger.Audit, Time: e.Now}
	if len(e.Note) < len(r.ID) {
		return 0
	}
	r.Payload = e.Note[copy(r.ID[:], e.Note):]
	room := ledger.Size(0, len(r.Payload))
	if !b.log.Reserve(room) {
		return 0
	}
	return b.log.Append(&r, room)
}
