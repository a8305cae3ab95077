package main

import "os"

// keepAwake keeps all CPUs from sleeping until release is called. The longest tolerated wake-up in
// microseconds, four bytes written to a file of the kernel, applies while the file is open
// (admin-guide/pm/cpuidle); other systems do not have the file.
func keepAwake() (release func() error, err error) {
	f, err := os.OpenFile("/dev/cpu_dma_latency", os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	if _, err := f.Write(make([]byte, 4)); err != nil {
		f.Close()
		return nil, err
	}
	return f.Close, nil
}
