package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"
)

// cold measures the decision time of requests when the processor's branch predictors have been
// flushed, and what the exact cache and governance add to it. Client, gateway and provider alternate on
// one processor, so that nothing waits and other processes hardly change the median. Before each of the
// two measured parts, the client executes more jumps than any predictor can hold. That is similar to the
// state of a processor after other processes have run, or after it has slept.
func cold(ctx context.Context, s *session, out *section) error {
	done := make(chan error)
	go func() { // its thread is bound to one processor, and ends with it
		runtime.LockOSThread()
		done <- coldly(ctx, s, out)
	}()
	return <-done
}

func coldly(ctx context.Context, s *session, out *section) error {
	taskset, err := lookFor("taskset")
	if err != nil {
		return err
	}
	cpu := runtime.NumCPU() - 1
	if err := bind(cpu); err != nil {
		return missing{fmt.Sprintf("no thread can be bound to processor %d: %v", cpu, err)}
	}
	forget, err := forgetter()
	if err != nil {
		return missing{"no code can be made here: " + err.Error()}
	}
	st, err := s.stand()
	if err != nil {
		return err
	}
	defer st.close()
	var all []*pair
	for _, shape := range []gatewayShape{{name: "spine"}, {name: "cached", cache: "{}"}, {name: "paid", governed: true}} {
		shape.silent, shape.under.before = true, []string{taskset, "-c", strconv.Itoa(cpu)}
		p, err := st.pair(shape)
		if err != nil {
			return err
		}
		defer p.close()
		all = append(all, p)
	}
	spine := all[0]
	for range pick(s, coldBursts, coldBursts/3) {
		for _, p := range all {
			for _, how := range []func(){nil, forget} {
				if err := p.burst(ctx, how); err != nil {
					return fmt.Errorf("%s: %w", p.g.name, err)
				}
			}
		}
	}
	for _, p := range all {
		w, c, err := p.medians()
		if err != nil {
			return err
		}
		if p == spine {
			out.add("warm_p50", "µs", w)
			out.add("cold_p50", "µs", c)
			continue
		}
		w0, c0, _ := spine.medians()
		out.add(p.g.name+"_warm_p50", "µs more", w-w0)
		out.add(p.g.name+"_cold_p50", "µs more", c-c0)
	}
	return nil
}

// bind binds the calling thread to a processor.
func bind(cpu int) error {
	var mask [16]uint64
	mask[cpu/64%len(mask)] = 1 << (cpu % 64)
	_, _, e := syscall.RawSyscall(syscall.SYS_SCHED_SETAFFINITY, 0, unsafe.Sizeof(mask), uintptr(unsafe.Pointer(&mask)))
	if e != 0 {
		return e
	}
	return nil
}

// forgetter makes a function that consists of jumps, each to the next one.
func forgetter() (func(), error) {
	code, err := syscall.Mmap(-1, 0, coldCode, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return nil, err
	}
	for at := 0; at < len(code); at += coldStep {
		code[at] = 0xe9 // JMP, 5 bytes with its distance; AMD64 manual, volume 3
		binary.LittleEndian.PutUint32(code[at+1:], coldStep-5)
	}
	code[len(code)-coldStep] = 0xc3 // RET
	if err := syscall.Mprotect(code, syscall.PROT_READ|syscall.PROT_EXEC); err != nil {
		return nil, err
	}
	value := &struct{ entry *byte }{&code[0]} // what a func points to
	return *(*func())(unsafe.Pointer(&value)), nil
}
