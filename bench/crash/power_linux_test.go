package crash

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// mount makes a file system in a file and mounts it. Without root, or the program that makes it, the test
// is skipped.
func mount(t *testing.T, kind string, size int64) (dir string, again func()) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root may mount a file system")
	}
	mkfs, err := exec.LookPath("mkfs." + kind)
	if err != nil {
		t.Skipf("there is no mkfs.%s here", kind)
	}
	room := t.TempDir()
	image := filepath.Join(room, "image")
	dir = filepath.Join(room, "disk")
	must(t, os.Mkdir(dir, 0o700))
	f, err := os.Create(image)
	must(t, err)
	must(t, errors.Join(f.Truncate(size), f.Close()))
	if out, err := exec.Command(mkfs, "-q", image).CombinedOutput(); err != nil {
		t.Skipf("cannot make a file system: %v: %s", err, out)
	}
	if out, err := exec.Command("mount", "-o", "loop", image, dir).CombinedOutput(); err != nil {
		t.Skipf("cannot mount a file system here: %v: %s", err, out)
	}
	t.Cleanup(func() { unmount(t, dir) })
	return dir, func() {
		unmount(t, dir)
		if out, err := exec.Command("mount", "-o", "loop", image, dir).CombinedOutput(); err != nil {
			t.Fatalf("cannot mount it again: %v: %s", err, out)
		}
	}
}

func unmount(t *testing.T, dir string) {
	t.Helper()
	for range 50 {
		if exec.Command("umount", dir).Run() == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("cannot unmount %s", dir)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// cut ends a mounted file system at once: everything that it has not written is lost, including its own
// log. It uses the shutdown ioctl of ext4 and xfs (FS_IOC_SHUTDOWN, linux/fs.h).
func cut(dir string) error {
	const shutdown, noLogFlush = 0x8004587d, 2
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	how := uint32(noLogFlush)
	if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), shutdown, uintptr(unsafe.Pointer(&how))); e != 0 {
		return e
	}
	return nil
}

func TestPowerCutExt4(t *testing.T) { powerCuts(t, "ext4", times("CUTS", 2, 100)) }
func TestPowerCutXfs(t *testing.T)  { powerCuts(t, "xfs", times("CUTS", 2, 20)) }

func powerCuts(t *testing.T, kind string, n int) {
	disk, again := mount(t, kind, 320<<20)
	dir := filepath.Join(disk, "ledger")
	c := newClient()
	for i := range n {
		cmd := command(dir, 0)
		out, end := start(t, cmd)
		after, seen := rand.IntN(1500), 0
		if err := c.listen(out, func(string) {
			if seen++; seen == after+1 {
				// Without power the process would not say anything any more. Here it still
				// runs, and ext4 lets a sync that is under way succeed.
				c.deaf = true
				if err := cut(disk); err != nil {
					t.Errorf("cannot cut the power: %v", err)
					cmd.Process.Kill()
				}
			}
		}); err != nil {
			t.Fatal(err)
		}
		if code := end(); code != broken && code != opening {
			t.Fatalf("cut %d: ended with %d", i, code)
		}
		again()
	}
	c.check(t, dir)
}

// With a full disk calls are refused, and those under way end properly. Once there is space again, the same
// process accepts calls.
func TestFullDisk(t *testing.T) {
	n := times("FULLS", 1, 20)
	disk, _ := mount(t, "ext4", 64<<20)
	dir := filepath.Join(disk, "ledger")
	filler := filepath.Join(disk, "filler")
	c := newClient()
	for range n {
		cmd := command(dir, 0)
		out, end := start(t, cmd)
		var freed time.Time
		began, since := 0, 0
		if err := c.listen(out, func(word string) {
			switch {
			case word == "ready":
				must(t, fill(filler))
			case word == "full" && freed.IsZero():
				freed = time.Now()
				must(t, os.Remove(filler))
			case word == "began":
				if began++; !freed.IsZero() {
					since++
				}
			}
			if since > 2000 {
				cmd.Process.Kill()
			}
		}); err != nil {
			t.Fatal(err)
		}
		if code := end(); code != -1 {
			t.Fatalf("a full disk ended the process with %d", code)
		}
		if freed.IsZero() || since == 0 {
			t.Errorf("%d calls, %d after there was space again", began, since)
		}
	}
	c.check(t, dir)
	if c.full == 0 {
		t.Error("nothing was refused")
	}
}

// fill writes a file until the disk is full.
func fill(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for size := 1 << 20; size >= 512; size /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			return fmt.Errorf("cannot fill the disk: %w", err)
		}
	}
	return nil
}
