package main

import (
	"io"
	"log/slog"
	"math"
	"os"

	"asbru/core/config"
)

// silent is above every level.
const silent = slog.Level(math.MaxInt)

// newLog writes for people on a terminal and for programs anywhere else.
func newLog(w io.Writer, level *slog.LevelVar) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return slog.New(slog.NewTextHandler(w, o))
		}
	}
	return slog.New(slog.NewJSONHandler(w, o))
}

// levelOf is the level a document asks for.
func levelOf(doc *config.Document) slog.Level {
	switch doc.Observability.LogLevel {
	case "debug":
		return slog.LevelDebug
	case "warn":
		return slog.LevelWarn
	case "error":
		return slog.LevelError
	}
	return slog.LevelInfo
}
