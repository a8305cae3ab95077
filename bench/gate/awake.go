package main

import "os"

// keepAwake keeps all CPUs from sleeping until release is called. The kernel takes four bytes, the
// longest wake-up in microseconds that is tolerated, for as long as the file stays open
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
