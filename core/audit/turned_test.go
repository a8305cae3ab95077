package audit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"asbru/core"
)

func from(n byte) *[16]byte { return &[16]byte{10: 0xff, 11: 0xff, 12: 10, 15: n} }

func stranger(id byte, key string, code core.Code) *core.Exchange {
	x := &core.Exchange{ID: [16]byte{id}, Op: core.OpChat, Fault: &core.Fault{Code: code}}
	if key != "" {
		x.Key = &core.VirtualKey{Name: key}
	}
	return x
}

func TestWhoIsTurnedAwayIsCounted(t *testing.T) {
	s := new(Strangers)
	s.Note(stranger(1, "", core.Unauthenticated), from(1), 100)
	s.Note(stranger(2, "", core.Unauthenticated), from(1), 200)
	s.Note(stranger(3, "", core.Unauthenticated), from(2), 300)
	s.Note(stranger(4, "old", core.Forbidden), from(1), 400)
	got := s.Take(500)
	s.Add(&Turned{First: [16]byte{9}, Since: 50, Last: 60, Count: 7, From: *from(1), Fault: core.Unauthenticated, Status: 401}) // it could not be written
	s.Note(stranger(5, "", core.Unauthenticated), from(1), 600)
	got = append(got, s.Take(700)...)
	want := []Turned{
		{First: [16]byte{1}, Since: 100, Last: 200, Count: 2, From: *from(1), Op: core.OpChat, Fault: core.Unauthenticated, Status: 401},
		{First: [16]byte{3}, Since: 300, Last: 300, Count: 1, From: *from(2), Op: core.OpChat, Fault: core.Unauthenticated, Status: 401},
		{First: [16]byte{4}, Since: 400, Last: 400, Count: 1, From: *from(1), Key: "old", Op: core.OpChat, Fault: core.Forbidden, Status: 403},
		{First: [16]byte{9}, Since: 50, Last: 600, Count: 8, From: *from(1), Fault: core.Unauthenticated, Status: 401},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if got := s.Take(800); len(got) != 0 {
		t.Errorf("told twice: %+v", got)
	}
}

// However many come from however many addresses, none is forgotten, and what is kept of them has a bound.
func TestWhoIsTurnedAwayFillsNothing(t *testing.T) {
	s := new(Strangers)
	var all sync.WaitGroup
	const each = 5000
	for lane := range 4 {
		all.Go(func() {
			for i := range each {
				s.Note(stranger(byte(lane), "", core.Unauthenticated), &[16]byte{10: 0xff, 11: 0xff, 12: byte(lane), 14: byte(i >> 8), 15: byte(i)}, int64(i))
			}
		})
	}
	all.Wait()
	rows := s.Take(1)
	n, alone := uint64(0), 0
	for i := range rows {
		n += rows[i].Count
		if rows[i].From == [16]byte{} {
			alone++
		}
	}
	if n != 4*each || len(rows) > maxStrangers+1 || alone != 1 {
		t.Errorf("%d are counted in %d rows, %d of them for all others", n, len(rows), alone)
	}
}

func TestTurnedAsItWas(t *testing.T) {
	f := func(u Turned, line string) {
		t.Helper()
		b := AppendTurned(nil, &u)
		got, err := ParseTurned(b)
		if err != nil || got != u || len(b) > MaxTurned {
			t.Errorf("%d bytes: %+v, %v; want %+v", len(b), got, err, u)
		}
		for i := range b {
			if _, err := ParseTurned(b[:i]); err == nil {
				t.Errorf("the first %d bytes of %d are taken for all", i, len(b))
			}
		}
		if _, err := ParseCall(b); err == nil {
			t.Error("it is taken for a call")
		}
		c := &Chain{Key: key()}
		got1 := string(bytes.TrimSpace(c.Turned(nil, 96, &u)))
		if want := fmt.Sprintf(`{"seq":1,"prev":"%064d","kind":"refused","at":96,%s}`, 0, line); got1 != want || !json.Valid([]byte(got1)) {
			t.Errorf("got  %s\nwant %s", got1, want)
		}
		if h, err := NewLines().Read([]byte(got1)); err != nil || h.Kind != KindTurned || h.ID != "" || h.Time != u.Last {
			t.Errorf("the line is read as %+v, %v", h, err)
		}
	}
	f(Turned{First: [16]byte{1}, Since: 1e9, Last: 2e9, Count: 41, From: *from(7), Op: core.OpChat, Fault: core.Unauthenticated, Status: 401},
		`"time":"1970-01-01T00:00:02.000000000Z","since":"1970-01-01T00:00:01.000000000Z","count":41,"from":"10.0.0.7","op":"chat","status":401,"fault":"unauthenticated","first":"01000000000000000000000000000000"`)
	f(Turned{Since: 0, Last: 1, Count: 1 << 60, From: [16]byte{0x20, 1}, Key: strings.Repeat("k", maxKey), Fault: core.Forbidden, Status: 65535},
		`"time":"1970-01-01T00:00:00.000000001Z","since":"1970-01-01T00:00:00.000000000Z","count":1152921504606846976,"from":"2001::","key":"`+strings.Repeat("k", maxKey)+`",`+
			`"op":"`+core.Op(0).String()+`","status":65535,"fault":"forbidden","first":"00000000000000000000000000000000"`)
}
