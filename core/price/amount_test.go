package price

import (
	"math"
	"testing"

	"asbru/core"
)

func TestDecimal(t *testing.T) {
	f := func(text string, shift int, want core.Money, err error) {
		t.Helper()
		if got, e := decimal(text, shift); got != want || e != err {
			t.Errorf("decimal(%q, %d) = %d, %v; want %d, %v", text, shift, got, e, want, err)
		}
	}
	f("2.5", 9, 2_500_000_000, nil)
	f("0", 9, 0, nil)
	f("-0", 9, 0, nil)
	f("0.000000001", 9, 1, nil)
	f("0.0000000001", 9, 1, nil) // what is finer is rounded up
	f("0.0000000010", 9, 1, nil)
	f("1.25e-06", 15, 1_250_000_000, nil)
	f("1.25E-6", 15, 1_250_000_000, nil)
	f("1e2", 9, 100_000_000_000, nil)
	f("1e-30", 9, 1, nil)
	f("000.5", 9, 500_000_000, nil)
	f(".5", 9, 500_000_000, nil)
	f("9223372036.854775807", 9, math.MaxInt64, nil)
	f("9223372036.854775808", 9, 0, errTooLarge)
	f("99999999999999999999", 9, 0, errTooLarge)
	f("1e20", 9, 0, errTooLarge)
	f("-1", 9, 0, errNegative)
	f("", 9, 0, errNumber)
	f(".", 9, 0, errNumber)
	f("1e", 9, 0, errNumber)
	f("1e9999999999", 9, 0, errNumber)
	f("1,5", 9, 0, errNumber)
	f("0x10", 9, 0, errNumber)
	f("NaN", 9, 0, errNumber)
}

func TestUSD(t *testing.T) {
	f := func(v float64, want core.Money) {
		t.Helper()
		if got, err := USD(v); got != want || err != nil {
			t.Errorf("USD(%v) = %d, %v; want %d", v, got, err, want)
		}
	}
	f(0.1, 100_000_000)
	f(50, 50_000_000_000)
	f(1e-9, 1)
	for _, v := range []float64{math.NaN(), math.Inf(1), -1, 1e12} {
		if m, err := USD(v); err == nil {
			t.Errorf("USD(%v) = %d", v, m)
		}
	}
}

func TestMoneyText(t *testing.T) {
	f := func(m core.Money, want string) {
		t.Helper()
		if got := m.String(); got != want {
			t.Errorf("%d is %s, want %s", int64(m), got, want)
		}
	}
	f(0, "$0")
	f(1, "$0.000000001")
	f(12_500_000_000, "$12.5")
	f(-3_000_000_001, "-$3.000000001")
	f(math.MaxInt64, "$9223372036.854775807")
}

func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"2.5", "1e-9", "-1", "0.000000001", "9223372036.854775807"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := rate(text)
		if m < 0 {
			t.Fatalf("%q is %d", text, m)
		}
		if err != nil {
			return
		}
		again, err := rate(string(m.AppendUSD(nil)))
		if err != nil || again != m {
			t.Fatalf("%q is %d, which reads back as %d, %v", text, m, again, err)
		}
	})
}
