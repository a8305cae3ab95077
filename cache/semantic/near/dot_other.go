//go:build !amd64

package near

import "unsafe"

func dot(a, b *int8) int32 {
	return dotPlain((*[Dims]int8)(unsafe.Pointer(a)), (*[Dims]int8)(unsafe.Pointer(b)))
}
