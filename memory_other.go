//go:build !linux

package main

// unmap does nothing here.
func unmap() {}
