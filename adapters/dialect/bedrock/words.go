package bedrock

import (
	"asbru/core"
	"asbru/core/scan"
)

// A format is Converse's name for a media type.
type format struct {
	kind  core.PartKind
	name  string
	media core.Text
}

// formats are the values of ImageFormat, DocumentFormat, VideoFormat and AudioFormat with
// their MIME types; the first of several for one type is written.
var formats = [...]format{
	{core.PartImage, "png", core.Text("image/png")},
	{core.PartImage, "jpeg", core.Text("image/jpeg")},
	{core.PartImage, "gif", core.Text("image/gif")},
	{core.PartImage, "webp", core.Text("image/webp")},
	{core.PartImage, "jpeg", core.Text("image/jpg")},
	{core.PartFile, "pdf", core.Text("application/pdf")},
	{core.PartFile, "txt", core.Text("text/plain")},
	{core.PartFile, "md", core.Text("text/markdown")},
	{core.PartFile, "html", core.Text("text/html")},
	{core.PartFile, "csv", core.Text("text/csv")},
	{core.PartFile, "doc", core.Text("application/msword")},
	{core.PartFile, "docx", core.Text("application/vnd.openxmlformats-officedocument.wordprocessingml.document")},
	{core.PartFile, "xls", core.Text("application/vnd.ms-excel")},
	{core.PartFile, "xlsx", core.Text("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")},
	{core.PartFile, "txt", core.Text("application/json")},
	{core.PartVideo, "mp4", core.Text("video/mp4")},
	{core.PartVideo, "mov", core.Text("video/quicktime")},
	{core.PartVideo, "mkv", core.Text("video/x-matroska")},
	{core.PartVideo, "webm", core.Text("video/webm")},
	{core.PartVideo, "flv", core.Text("video/x-flv")},
	{core.PartVideo, "mpeg", core.Text("video/mpeg")},
	{core.PartVideo, "mpg", core.Text("video/mpg")},
	{core.PartVideo, "wmv", core.Text("video/x-ms-wmv")},
	{core.PartVideo, "three_gp", core.Text("video/3gpp")},
	{core.PartAudio, "mp3", core.Text("audio/mpeg")},
	{core.PartAudio, "mp3", core.Text("audio/mp3")},
	{core.PartAudio, "wav", core.Text("audio/wav")},
	{core.PartAudio, "wav", core.Text("audio/x-wav")},
	{core.PartAudio, "opus", core.Text("audio/opus")},
	{core.PartAudio, "aac", core.Text("audio/aac")},
	{core.PartAudio, "flac", core.Text("audio/flac")},
	{core.PartAudio, "ogg", core.Text("audio/ogg")},
	{core.PartAudio, "mp4", core.Text("audio/mp4")},
	{core.PartAudio, "m4a", core.Text("audio/x-m4a")},
	{core.PartAudio, "mka", core.Text("audio/x-matroska")},
	{core.PartAudio, "webm", core.Text("audio/webm")},
}

// mediaOf returns the MIME type of a format of Converse, nil if it is unknown.
func mediaOf(kind core.PartKind, format []byte) core.Text {
	for i := range formats {
		if f := &formats[i]; f.kind == kind && f.name == string(format) {
			return f.media
		}
	}
	return nil
}

// formatOf returns Converse's format for a MIME type, "" if it has none.
func formatOf(kind core.PartKind, media core.Text) string {
	for i := range formats {
		if f := &formats[i]; f.kind == kind && sameMedia(f.media, media) {
			return f.name
		}
	}
	return ""
}

// sameMedia compares MIME types without parameters ("; charset=utf-8"), where the slash may be escaped, as PHP
// does.
func sameMedia(want, media core.Text) bool {
	i := 0
	for _, c := range want {
		if i < len(media) && media[i] == '\\' {
			i++
		}
		if i == len(media) || media[i]|0x20 != c|0x20 {
			return false
		}
		i++
	}
	return i == len(media) || media[i] == ';' || media[i] == ' '
}

// reasons are the stop reasons. For each Finish the first one is written.
var reasons = [...]struct {
	word   string
	finish core.Finish
}{
	{"end_turn", core.FinishStop},
	{"tool_use", core.FinishCalls},
	{"max_tokens", core.FinishLength},
	{"stop_sequence", core.FinishStopped},
	{"content_filtered", core.FinishFiltered},
	{"malformed_model_output", core.FinishFailed},
	{"guardrail_intervened", core.FinishFiltered},
	{"malformed_tool_use", core.FinishFailed},
	{"model_context_window_exceeded", core.FinishLength},
	{"end_turn", core.FinishPaused},
	{"end_turn", core.FinishUnsaid},
}

func finishOf(word []byte) core.Finish {
	for i := range reasons {
		if reasons[i].word == string(word) {
			return reasons[i].finish
		}
	}
	return core.FinishUnsaid
}

func reasonOf(f core.Finish) string {
	for i := range reasons {
		if reasons[i].finish == f {
			return reasons[i].word
		}
	}
	return "end_turn"
}

// inside returns the text between the quotes of a string, nil for any other value.
func inside(raw []byte) core.Text {
	t, ok := scan.Inside(raw)
	if !ok {
		return nil
	}
	return t
}

// opens reports whether b begins with c.
func opens(b []byte, c byte) bool { return len(b) > 0 && b[0] == c }
