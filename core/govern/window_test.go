package govern

import (
	"testing"
	"time"
)

func TestWindow(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skipf("no time zones here: %v", err)
	}
	f := func(w Window, now, begin, end string) {
		t.Helper()
		at := func(text string) int64 {
			m, err := time.Parse(time.RFC3339Nano, text)
			if err != nil {
				t.Fatal(err)
			}
			return m.UnixNano()
		}
		say := func(n int64) string { return time.Unix(0, n).UTC().Format(time.RFC3339Nano) }
		start := w.begin(at(now))
		if start != at(begin) || w.end(start) != at(end) {
			t.Errorf("%+v at %s: %s to %s; want %s to %s", w, now, say(start), say(w.end(start)), begin, end)
		}
	}
	f(Window{1, 'm', false, nil}, "2026-11-21T12:34:56.7Z", "2026-11-21T12:34:56Z", "2026-11-21T12:35:56Z")
	f(Window{30, 's', true, nil}, "2026-11-21T12:34:56.7Z", "2026-11-21T12:34:56Z", "2026-11-21T12:35:26Z")
	f(Window{5, 'h', true, nil}, "2026-11-21T12:34:56Z", "2026-11-21T12:34:56Z", "2026-11-21T17:34:56Z")
	f(Window{1, 'd', false, nil}, "2026-11-21T12:34:56Z", "2026-11-21T12:34:56Z", "2026-11-22T12:34:56Z")
	f(Window{2, 'w', false, nil}, "2026-11-21T12:34:56Z", "2026-11-21T12:34:56Z", "2026-12-05T12:34:56Z")
	f(Window{1, 'M', false, nil}, "2026-01-31T12:00:00.5Z", "2026-01-31T12:00:00Z", "2026-02-28T12:00:00Z")
	f(Window{1, 'Q', false, nil}, "2027-11-30T00:00:00Z", "2027-11-30T00:00:00Z", "2028-02-29T00:00:00Z")
	f(Window{1, 'Y', false, nil}, "2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z", "2029-02-28T00:00:00Z")

	f(Window{1, 'd', true, nil}, "2026-11-21T12:34:56Z", "2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z")
	f(Window{1, 'w', true, nil}, "2026-11-21T12:34:56Z", "2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z")
	f(Window{1, 'w', true, nil}, "2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z")
	f(Window{1, 'M', true, nil}, "2026-11-30T23:59:59.999Z", "2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z")
	f(Window{1, 'Q', true, nil}, "2026-11-21T12:34:56Z", "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z")
	f(Window{1, 'Y', true, nil}, "2026-11-21T12:34:56Z", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")
	f(Window{2, 'M', true, nil}, "2026-12-21T12:34:56Z", "2026-11-01T00:00:00Z", "2027-01-01T00:00:00Z")
	f(Window{2, 'd', true, nil}, "1970-01-04T12:00:00Z", "1970-01-03T00:00:00Z", "1970-01-05T00:00:00Z")
	f(Window{2, 'w', true, nil}, "1970-01-12T12:00:00Z", "1970-01-12T00:00:00Z", "1970-01-26T00:00:00Z")

	// Days of 23 and 25 hours.
	f(Window{1, 'd', true, berlin}, "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")
	f(Window{1, 'd', true, berlin}, "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z")
	f(Window{1, 'M', true, berlin}, "2026-10-31T23:30:00Z", "2026-10-31T23:00:00Z", "2026-11-30T23:00:00Z")

	if w := (Window{}); w.begin(1<<60) != 0 || w.end(0) != never {
		t.Error("for ever ends")
	}
	// A window that was begun otherwise ends with the calendar's.
	saturday := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	if end := (Window{1, 'd', true, nil}).end(saturday.UnixNano()); end != saturday.Add(12*time.Hour).UnixNano() {
		t.Error("ends at", time.Unix(0, end).UTC())
	}
}

// Windows follow each other without gaps, and every moment is in the one that begins
// before it.
func TestWindowsCover(t *testing.T) {
	for _, unit := range []byte("dwMQY") {
		for count := 1; count <= 3; count++ {
			w := Window{count, unit, true, nil}
			for now := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC); now.Year() < 2029; now = now.Add(37 * time.Hour) {
				start := w.begin(now.UnixNano())
				end := w.end(start)
				if start > now.UnixNano() || end <= now.UnixNano() || w.begin(end) != end || w.begin(end-1) != start {
					t.Fatalf("%d%c at %v: %v to %v", count, unit, now, time.Unix(0, start).UTC(), time.Unix(0, end).UTC())
				}
			}
		}
	}
}

// A window holds the moment it was begun for, also where a day has no midnight or two of them.
func TestWindowWithoutMidnight(t *testing.T) {
	for zone, days := range map[string][]string{
		"America/Santiago":  {"2016-08-14", "2026-09-06", "2026-04-05"},
		"America/Havana":    {"2026-03-08", "2026-11-01"},
		"America/Asuncion":  {"2017-10-01", "2018-03-25"},
		"Atlantic/Azores":   {"2026-03-29", "2026-10-25"},
		"Africa/Cairo":      {"2026-04-24", "2026-10-30"},
		"Asia/Gaza":         {"2015-10-23"},
		"America/Sao_Paulo": {"2015-10-18", "2018-11-04"},
	} {
		z, err := time.LoadLocation(zone)
		if err != nil {
			t.Skipf("no time zones here: %v", err)
		}
		for _, day := range days {
			noon, err := time.Parse(time.RFC3339, day+"T12:00:00Z")
			if err != nil {
				t.Fatal(err)
			}
			for _, unit := range []byte{'d', 'w', 'M'} {
				w := Window{1, unit, true, z}
				for now := noon.Add(-48 * time.Hour); now.Before(noon.Add(48 * time.Hour)); now = now.Add(15 * time.Minute) {
					begin := w.begin(now.UnixNano())
					end := w.end(begin)
					if begin > now.UnixNano() || end <= now.UnixNano() || w.begin(end-1) != begin || w.begin(end) != end {
						t.Fatalf("%s, 1%c at %v: from %v to %v", zone, unit, now.In(z), time.Unix(0, begin).In(z), time.Unix(0, end).In(z))
					}
				}
			}
		}
	}
}
