package near

// dotPlain is dot in portable Go.
func dotPlain(a, b *[Dims]int8) int32 {
	var s0, s1, s2, s3 int32
	for i := 0; i < Dims; i += 4 {
		s0 += int32(a[i]) * int32(b[i])
		s1 += int32(a[i+1]) * int32(b[i+1])
		s2 += int32(a[i+2]) * int32(b[i+2])
		s3 += int32(a[i+3]) * int32(b[i+3])
	}
	return s0 + s1 + s2 + s3
}
