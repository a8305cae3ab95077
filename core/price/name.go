package price

import (
	"bytes"

	"asbru/core"
)

// Providers name one model in several ways: with the day it was made, a version, the
// region it runs in, its maker. What a row is written for is found under all of them, the
// whole name first: a snapshot that costs something else has a row of its own.

// stem is name without what its end says about one build of the model; shorter is false
// when there is nothing to leave out. The result aliases name.
func stem(name []byte) (short []byte, shorter bool) {
	for _, end := range [...]string{"-latest", ":0"} {
		if rest, ok := bytes.CutSuffix(name, []byte(end)); ok && len(rest) > 0 {
			return rest, true
		}
	}
	if i := bytes.LastIndexByte(name, '@'); i > 0 {
		return name[:i], true
	}
	if i := len(name) - len("-2025-01-31"); i > 0 && dated(name[i:], "-dddd-dd-dd") {
		return name[:i], true
	}
	if i := len(name) - len("-20250131"); i > 0 && dated(name[i:], "-dddddddd") {
		return name[:i], true
	}
	if i := len(name) - len("-v1"); i > 0 && dated(name[i:], "-vd") {
		return name[:i], true
	}
	return name, false
}

// dated reports whether b is made like form, in which d stands for a digit.
func dated(b []byte, form string) bool {
	if len(b) != len(form) {
		return false
	}
	for i, c := range b {
		if form[i] == 'd' {
			if c < '0' || c > '9' {
				return false
			}
		} else if c != form[i] {
			return false
		}
	}
	return true
}

// placed is name without the region or group of regions that Bedrock has in front of it.
func placed(name []byte) (short []byte, shorter bool) {
	for _, region := range [...]string{"global.", "us.", "eu.", "apac.", "jp.", "au.", "ca.", "us-gov."} {
		if rest, ok := bytes.CutPrefix(name, []byte(region)); ok && bytes.IndexByte(rest, '.') > 0 {
			return rest, true
		}
	}
	return name, false
}

// bare is name without what stands before the last part of a path, such as
// publishers/google/models/ or accounts/…/models/; shorter is false when there is nothing.
func bare(name []byte) (short []byte, shorter bool) {
	i := bytes.LastIndexByte(name, '/')
	if i < 0 || i+1 == len(name) {
		return name, false
	}
	return name[i+1:], true
}

// fold appends name in lower case to a buffer on the caller's stack; nil when it is
// longer than any name.
func fold(dst, name []byte) []byte {
	if len(name) > core.MaxModelName {
		return nil
	}
	for _, c := range name {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return dst
}
