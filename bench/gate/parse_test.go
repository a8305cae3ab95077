package main

import (
	"maps"
	"math"
	"testing"
)

const straceTable = `% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ------------------
 75.61    0.322371         635       507       145 futex
  7.98    0.034003           5      5696         1 epoll_pwait
  4.45    0.018953           9      2000           sendto
  1.92    0.008184           4      2023           read
  0.01    0.000047          15         3           newfstatat
  0.01    0.000010          10         2           nanosleep
------ ----------- ----------- --------- --------- ------------------
100.00    0.426360          40     10231       146 total
`

func TestStraceSums(t *testing.T) {
	got := straceSums(straceTable)
	for group, want := range map[string]float64{"transfers": 4023, "waits": 5696, "futexes": 507, "sleeps": 2, "other": 3} {
		if got[group] != want {
			t.Errorf("%s: %v calls, want %v", group, got[group], want)
		}
	}
}

const profile = `events: Ir

ob=(1) /x
fl=(1) a.go
fn=(1) pkg.outer
10 5
+1 7
cfn=(2) pkg.inner'2
calls=1 20
+1 100
* 3
fn=(2)
20 90
fn=(3) 0x0000000000401000
1 1000
totals: 1105
`

func TestSelfCosts(t *testing.T) {
	got := selfCosts(profile)
	if want := map[string]float64{"pkg.outer": 15, "pkg.inner": 90}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestPerfCount(t *testing.T) {
	f := func(said string, want float64, ok bool) {
		t.Helper()
		if got, gotOK := perfCount(said); got != want || gotOK != ok {
			t.Errorf("%q: %v %v, want %v %v", said, got, gotOK, want, ok)
		}
	}
	f("123456,,instructions:u,1000,100.00,,\n", 123456, true)
	f("<not supported>,,instructions:u,0,100.00,,\n", 0, false)
	f("noise\n42,,instructions:u,1,1,,", 42, true)
	f("", 0, false)
}

const page = `# TYPE x_seconds histogram
x_seconds_bucket{lane="loop",le="0.001"} 10
x_seconds_bucket{lane="loop",le="0.002"} 20
x_seconds_bucket{lane="loop",le="+Inf"} 20
x_seconds_bucket{lane="goroutine",le="0.001"} 0
x_seconds_bucket{lane="goroutine",le="0.002"} 80
x_seconds_bucket{lane="goroutine",le="+Inf"} 80
x_seconds_other_bucket{le="0.001"} 7
x_seconds_sum{lane="loop"} 1
`

func TestQuantile(t *testing.T) {
	f := func(h buckets, q, want float64) {
		t.Helper()
		got, err := h.quantile(q)
		if err != nil || math.Abs(got-want) > 1e-9 {
			t.Errorf("quantile %v is %v (%v), want %v", q, got, err, want)
		}
	}
	h := bucketsOf(page, "x_seconds")
	f(h, 0.05, 0.0005) // half of the ten in the first millisecond
	f(h, 0.55, 0.0015)
	f(h, 1, 0.002)
	f(h.less(buckets{0.001: 10, 0.002: 10, math.Inf(1): 10}), 0.5, 0.0015)
	f(buckets{0.001: 1, math.Inf(1): 2}, 0.9, 0.001) // beyond the last bound
	if _, err := h.less(h).quantile(0.5); err == nil {
		t.Error("a histogram without values has a median")
	}
	if _, err := bucketsOf("", "x_seconds").quantile(0.5); err == nil {
		t.Error("a histogram without buckets has a median")
	}
}

func TestSpread(t *testing.T) {
	if got, want := spreadOf([]float64{5, 1, 3, 2, 4}), (spread{2, 3, 4, 5}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if got := spreadOf(nil); got != (spread{}) {
		t.Errorf("nothing has the spread %v", got)
	}
}

func TestSlug(t *testing.T) {
	f := func(m machine, want string) {
		t.Helper()
		if got := m.slug(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	f(machine{CPU: "AMD EPYC", CPUs: 2}, "amd-epyc-2cpu")
	f(machine{CPU: "AMD EPYC", CPUs: 2, Awake: true}, "amd-epyc-2cpu-awake")
	f(machine{CPU: "Intel(R) Xeon(R) @ 2.50GHz", CPUs: 4}, "intel-r-xeon-r-2-50ghz-4cpu")
	f(machine{System: "linux/arm64", CPUs: 1}, "linux-arm64-1cpu")
}
