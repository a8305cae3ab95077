package trail

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// A place is the file with the position of a sink that cannot store it itself.
type place struct{ dir, sink string }

// A progress is a sink's position. It was about to store up to plan when this was written.
type progress struct{ done, plan uint64 }

func (p place) path() string { return filepath.Join(p.dir, "sink-"+p.sink+".position") }

func (p place) load(trail string) (g progress, err error) {
	b, err := os.ReadFile(p.path())
	if errors.Is(err, fs.ErrNotExist) {
		return progress{}, nil
	}
	if err != nil {
		return g, fmt.Errorf("cannot read how far sink %s is: %w", p.sink, err)
	}
	var of string
	if _, err := fmt.Sscanf(string(b), "%s %d %d\n", &of, &g.done, &g.plan); err != nil {
		return g, fmt.Errorf("cannot read how far sink %s is: %s is not what was written", p.sink, p.path())
	}
	if of != trail {
		return progress{}, nil
	}
	return g, nil
}

func (p place) save(trail string, g progress) error {
	return writeWhole(p.path(), fmt.Appendf(nil, "%s %d %d\n", trail, g.done, g.plan), 0o600)
}
