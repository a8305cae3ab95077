package standin

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"strings"
)

// picture is the image in all answers, a PNG with one pixel.
const picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

// Sound is the audio in all answers: bytes of every value, longer than several reads.
func Sound() []byte {
	b := make([]byte, 70_000)
	for i := range b {
		b[i] = byte(i + i>>8)
	}
	return b
}

// speech answers with Sound, or with events that contain it in base64.
func (ex *exchange) speech(string) *refusal {
	for _, name := range [...]string{"model", "input", "voice"} {
		if ex.d[name] == nil {
			return invalid(name, "Missing required parameter: '%s'.", name)
		}
	}
	if ex.d["stream_format"] != "sse" {
		kind := map[any]string{"wav": "audio/wav", "opus": "audio/opus", "pcm": "audio/pcm"}[ex.d["response_format"]]
		if kind == "" {
			kind = "audio/mpeg"
		}
		ex.send(kind, Sound())
		return nil
	}
	var out bytes.Buffer
	for part := Sound(); len(part) > 0; part = part[min(len(part), 9000):] {
		sound(&out, obj{"type", "speech.audio.delta", "audio", base64.StdEncoding.EncodeToString(part[:min(len(part), 9000)])})
	}
	sound(&out, obj{"type", "speech.audio.done", "usage", obj{"input_tokens", 14, "output_tokens", 101, "total_tokens", 115}})
	ex.send(sse, out.Bytes())
	return nil
}

func sound(out *bytes.Buffer, v obj) {
	out.WriteString("data: ")
	out.Write(encode(v))
	out.WriteString("\n\n")
}

// A form has the fields and the files of a request. A file is described by its name, type and bytes.
type form struct {
	values map[string]string
	files  map[string]file
}

func (ex *exchange) form() (form, *refusal) {
	f := form{map[string]string{}, map[string]file{}}
	kind, params, err := mime.ParseMediaType(ex.r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return f, invalid("", "the body must be multipart/form-data")
	}
	for r := multipart.NewReader(bytes.NewReader(ex.body), params["boundary"]); ; {
		p, err := r.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return f, invalid("", "the form breaks off: %v", err)
		}
		b, err := io.ReadAll(p)
		if err != nil {
			return f, invalid("", "the form breaks off: %v", err)
		}
		if p.FileName() == "" {
			f.values[p.FormName()] = string(b)
		} else {
			f.files[strings.TrimSuffix(p.FormName(), "[]")] = file{kind: p.Header.Get("Content-Type"), data: b}
		}
	}
	ex.q.model = f.values["model"]
	ex.note.Model = ex.q.model
	return f, nil
}

// transcription repeats the request, in the requested format.
func (ex *exchange) transcription(string) *refusal {
	f, bad := ex.form()
	if bad != nil {
		return bad
	}
	if f.files["file"].data == nil || f.values["model"] == "" {
		return invalid("file", "file and model are required")
	}
	if name, status := scenario(ex.q.model); name == "error" {
		return fixed(status)
	}
	heard := "I hear " + f.files["file"].String()
	if f.values["stream"] == "true" {
		var out bytes.Buffer
		for _, part := range halves(heard) {
			sound(&out, obj{"type", "transcript.text.delta", "delta", part})
		}
		sound(&out, obj{"type", "transcript.text.done", "text", heard, "usage", obj{"type", "tokens", "input_tokens", 14, "output_tokens", 45, "total_tokens", 59}})
		out.WriteString("data: [DONE]\n\n")
		ex.send(sse, out.Bytes())
		return nil
	}
	switch f.values["response_format"] {
	case "text", "srt", "vtt":
		ex.send("text/plain; charset=utf-8", []byte(heard+"\n"))
	case "verbose_json":
		ex.json(200, encode(obj{"task", "transcribe", "language", "english", "duration", 5.5, "text", heard, "segments", []any{obj{"id", 0, "seek", 0, "start", 0.0, "end", 5.5, "text", heard,
			"tokens", []any{50364}, "temperature", 0.0, "avg_logprob", -0.3, "compression_ratio", 1.0, "no_speech_prob", 0.1}}, "usage", obj{"type", "duration", "seconds", 6}}))
	default:
		ex.json(200, encode(obj{"text", heard, "usage", obj{"type", "tokens", "input_tokens", 14, "output_tokens", 45, "total_tokens", 59}}))
	}
	return nil
}

func (ex *exchange) image(string) *refusal {
	if text(ex.d["prompt"]) == "" {
		return invalid("prompt", "Missing required parameter: 'prompt'.")
	}
	ex.json(200, images("generated"))
	return nil
}

func images(how string) []byte {
	return encode(obj{"created", created, "background", "opaque", "output_format", "png", "quality", "low", "size", "1024x1024",
		"data", []any{obj{"b64_json", picture, "revised_prompt", how}}, "usage", obj{"input_tokens", 50, "output_tokens", 272, "total_tokens", 322}})
}

func (ex *exchange) imageOfForm(string) *refusal {
	f, bad := ex.form()
	if bad != nil {
		return bad
	}
	if f.files["image"].data == nil || f.values["prompt"] == "" && strings.HasSuffix(ex.r.URL.Path, "edits") {
		return invalid("image", "image and prompt are required")
	}
	ex.json(200, images("made of "+f.files["image"].String()))
	return nil
}

func (ex *exchange) moderation(string) *refusal {
	if ex.d["input"] == nil {
		return invalid("input", "Missing required parameter: 'input'.")
	}
	ex.json(200, encode(obj{"id", "modr-standin", "model", ex.q.model, "results", []any{obj{"flagged", true, "categories", obj{"violence", true}, "category_scores", obj{"violence", 0.5}, "category_applied_input_types", obj{"violence", []any{"text"}}}}}))
	return nil
}

func (ex *exchange) imagen(string) *refusal {
	if len(list(ex.d["instances"])) == 0 {
		return invalid("instances", "* PredictRequest.instances: must not be empty")
	}
	ex.json(200, encode(obj{"predictions", []any{obj{"mimeType", "image/png", "bytesBase64Encoded", picture}}}))
	return nil
}
