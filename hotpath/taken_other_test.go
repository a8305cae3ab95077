//go:build !linux

package hotpath

func (*fleet) taken() []int { return nil }
