package core

import "testing"

func TestSign(t *testing.T) {
	for own := Vendor(1); own < NumVendors; own++ {
		for v := Vendor(1); v < NumVendors; v++ {
			field := AppendSign([]byte{}, own, v, Text("x.y=="))
			if got, sign := ReadSign(field, own); got != v || string(sign) != "x.y==" {
				t.Errorf("%s in a field of %s: %s, %s from %s", v, own, got, sign, field)
			}
		}
	}
	if v, sign := ReadSign(Text("asbru.nobody.x"), Google); v != Google || string(sign) != "asbru.nobody.x" {
		t.Errorf("got %s, %s", v, sign)
	}
}
