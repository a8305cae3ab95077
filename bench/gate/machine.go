package main

import (
	"context"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

// machine describes the machine of a result, without the name of the host.
type machine struct {
	CPU      string `json:"cpu"`
	CPUs     int    `json:"cpus"`
	Awake    bool   `json:"awake,omitempty"` // no CPU slept while the figures were taken
	MemoryMB int    `json:"memory_mb"`
	Kernel   string `json:"kernel"`
	System   string `json:"system"`
	Go       string `json:"go"` // version that built the gateway
	Nginx    string `json:"nginx,omitempty"`
	HAProxy  string `json:"haproxy,omitempty"`
}

func thisMachine(gateway string) machine {
	m := machine{
		CPUs: runtime.NumCPU(), System: runtime.GOOS + "/" + runtime.GOARCH,
		CPU:    fieldOf("/proc/cpuinfo", "model name"),
		Kernel: strings.TrimSpace(string(readQuietly("/proc/sys/kernel/osrelease"))),
	}
	if kb, err := strconv.Atoi(strings.TrimSuffix(fieldOf("/proc/meminfo", "MemTotal"), " kB")); err == nil {
		m.MemoryMB = kb / 1000
	}
	if said, err := tool(context.Background(), gateway, "version"); err == nil {
		m.Go = goPattern.FindString(said)
	}
	if path, err := lookFor("nginx"); err == nil {
		m.Nginx = versionOf(path, "-v")
	}
	if path, err := lookFor("haproxy"); err == nil {
		m.HAProxy = versionOf(path, "-v")
	}
	return m
}

var goPattern = regexp.MustCompile(`go1\S+`)

var versionPattern = regexp.MustCompile(`\d+\.\d+\.\d+|v?\d+\.\d+|asbru \S+`)

// versionOf returns the first version in a program's output.
func versionOf(argv ...string) string {
	said, err := tool(context.Background(), argv...)
	if err != nil {
		return "unknown"
	}
	return strings.TrimPrefix(versionPattern.FindString(said), "asbru ")
}

// readQuietly reads a file; empty if it does not exist, as on other systems.
func readQuietly(name string) []byte {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	return b
}

// fieldOf is the first "name: value" of a file of /proc.
func fieldOf(file, name string) string {
	for line := range strings.Lines(string(readQuietly(file))) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// loadAverage returns that of the last minute; negative: unknown.
func loadAverage() float64 {
	word, _, _ := strings.Cut(string(readQuietly("/proc/loadavg")), " ")
	x, err := strconv.ParseFloat(word, 64)
	if err != nil {
		return -1
	}
	return x
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// slug names the machine in a file name.
func (m machine) slug() string {
	cpu := strings.Trim(notInNames.ReplaceAllString(strings.ToLower(m.CPU), "-"), "-")
	if cpu == "" {
		cpu = strings.ReplaceAll(m.System, "/", "-")
	}
	cpu += "-" + strconv.Itoa(m.CPUs) + "cpu"
	if m.Awake {
		cpu += "-awake"
	}
	return cpu
}
