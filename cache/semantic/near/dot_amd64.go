package near

import "unsafe"

// wide reports whether the processor and the operating system support AVX2.
var wide = hasAVX2()

// dotAVX2 returns the dot product of two rows of Dims.
//
//go:noescape
func dotAVX2(a, b *int8) int32

// cpuid and xgetbv are the instructions of those names: Intel SDM vol. 2A, 2D.
func cpuid(leaf, sub uint32) (a, b, c, d uint32)
func xgetbv() (low uint32)

func hasAVX2() bool {
	if most, _, _, _ := cpuid(0, 0); most < 7 {
		return false
	}
	const osxsave, avx, avx2 = 1 << 27, 1 << 28, 1 << 5
	if _, _, c, _ := cpuid(1, 0); c&osxsave == 0 || c&avx == 0 || xgetbv()&6 != 6 {
		return false
	}
	_, b, _, _ := cpuid(7, 0)
	return b&avx2 != 0
}

func dot(a, b *int8) int32 {
	if wide {
		return dotAVX2(a, b)
	}
	return dotPlain((*[Dims]int8)(unsafe.Pointer(a)), (*[Dims]int8)(unsafe.Pointer(b)))
}
