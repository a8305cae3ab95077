package price

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"asbru/core"
)

var (
	errNumber   = errors.New("is not a number such as 2.5 or 1e-6")
	errNegative = errors.New("is negative")
	errTooLarge = errors.New("is more than any model costs")
)

// rate converts dollars for a million tokens, as written in catalogues, to nanodollars. Smaller
// fractions are rounded up.
func rate(text string) (core.Money, error) { return decimal(text, 9) }

// tokenRate converts dollars for one token to nanodollars for a million.
func tokenRate(text string) (core.Money, error) { return decimal(text, 15) }

// USD converts v dollars as they are written: 0.1 is 100,000,000 nanodollars, whatever the exact value of the
// float.
func USD(v float64) (core.Money, error) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, errNumber
	}
	return decimal(strconv.FormatFloat(v, 'f', -1, 64), 9)
}

// decimal returns text times ten to the power of shift. It is exact, except that a remainder
// is rounded up.
func decimal(text string, shift int) (core.Money, error) {
	mantissa, exponent, found := strings.Cut(strings.ToLower(text), "e")
	if found {
		e, err := strconv.Atoi(exponent)
		if err != nil || e < -400 || e > 400 {
			return 0, errNumber
		}
		shift += e
	}
	negative := strings.HasPrefix(mantissa, "-")
	mantissa = strings.TrimPrefix(mantissa, "-")
	whole, rest, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+rest, "0")
	if whole+rest == "" || strings.ContainsFunc(whole+rest, func(r rune) bool { return r < '0' || r > '9' }) {
		return 0, errNumber
	}
	if digits == "" {
		return 0, nil
	}
	if negative {
		return 0, errNegative
	}
	shift -= len(rest)
	if len(digits)+shift > 19 {
		return 0, errTooLarge
	}
	return scaled(digits, shift)
}

// scaled appends shift zeros to digits, or removes as many digits if shift is negative.
func scaled(digits string, shift int) (core.Money, error) {
	keep := len(digits)
	if shift < 0 {
		keep = max(keep+shift, 0)
	}
	n, up := uint64(0), false
	for i, c := range digits {
		switch {
		case i < keep:
			n = n*10 + uint64(c-'0')
		case c != '0':
			up = true
		}
	}
	for ; shift > 0; shift-- {
		hi, lo := bits.Mul64(n, 10)
		if hi != 0 {
			return 0, errTooLarge
		}
		n = lo
	}
	if up {
		n++
	}
	if n > math.MaxInt64 {
		return 0, errTooLarge
	}
	return core.Money(n), nil
}

func badField(key, value string, err error) error {
	return fmt.Errorf("%s=%s: %w", key, value, err)
}
