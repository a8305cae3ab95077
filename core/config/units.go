package config

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// maxSeconds keeps a bare number of seconds within a time.Duration.
const maxSeconds = float64(math.MaxInt64/int64(time.Second)) - 1

// parseDuration reads "1.5s", "10m" or a number of seconds.
func parseDuration(s string) (Duration, error) {
	if sec, err := strconv.ParseFloat(s, 64); err == nil {
		if math.IsNaN(sec) || math.Abs(sec) > maxSeconds {
			return 0, strconv.ErrRange
		}
		return Duration(math.Round(sec * float64(time.Second))), nil
	}
	x, err := time.ParseDuration(s)
	return Duration(x), err
}

// String returns d in the notation of a document.
func (d Duration) String() string { return time.Duration(d).String() }

// MarshalText is String.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText parses the notation of a document.
func (d *Duration) UnmarshalText(b []byte) (err error) {
	*d, err = parseDuration(string(b))
	return err
}

// parsePercent reads "5%" or 0.05.
func parsePercent(s string) (Percent, error) {
	number, unit := strings.CutSuffix(s, "%")
	f, err := strconv.ParseFloat(strings.TrimRight(number, " "), 64)
	if err == nil && (math.IsNaN(f) || math.IsInf(f, 0)) {
		err = strconv.ErrRange
	}
	if unit {
		f /= 100
	}
	return Percent(f), err
}

// String returns p as a percentage. Documents are written with the number, which is exact.
func (p Percent) String() string {
	return strconv.FormatFloat(math.Round(float64(p)*1e8)/1e6, 'f', -1, 64) + "%"
}

// sizeUnits are tried in order: a unit precedes those that it ends with.
var sizeUnits = []struct {
	name  string
	bytes int64
}{
	{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10},
	{"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"kB", 1e3}, {"B", 1},
}

// parseSize reads "20MiB", "1.5GB" or a number of bytes.
func parseSize(s string) (Size, error) {
	unit := int64(1)
	for _, u := range sizeUnits {
		if rest, ok := strings.CutSuffix(s, u.name); ok {
			s, unit = strings.TrimRight(rest, " "), u.bytes
			break
		}
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		if n > math.MaxInt64/unit || n < math.MinInt64/unit {
			return 0, strconv.ErrRange
		}
		return Size(n * unit), nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, err
	}
	if f *= float64(unit); math.IsNaN(f) || math.Abs(f) > 1<<62 || f != math.Trunc(f) {
		return 0, strconv.ErrRange
	}
	return Size(f), nil
}

// String returns s in the notation of a document, in the largest unit that divides it.
func (s Size) String() string {
	for _, u := range sizeUnits[:3] {
		if s != 0 && int64(s)%u.bytes == 0 {
			return strconv.FormatInt(int64(s)/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// MarshalText is String.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Unix returns m in seconds; 0 if it is unset or malformed.
func (m Moment) Unix() int64 {
	if m == "" {
		return 0
	}
	t, err := time.Parse(time.RFC3339, string(m))
	if err != nil {
		return 0
	}
	return t.Unix()
}
