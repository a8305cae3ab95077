package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"image"
	"image/png"
	"strings"
)

// What the stand-in says; see bench/standin.
const (
	sentence = "It is 21\u00a0°C in Paris, \"sunny\" & <mild>: ça va? Тест 😀\nBye."
	thought  = "The user asks for the weather; a tool knows."
	marker   = "Speak like a sailor — «⚓»." // the system prompt
)

var weather = tool{"get_weather", "The weather of a city now.", map[string]any{
	"type": "object", "additionalProperties": false, "required": []string{"city", "unit"},
	"properties": map[string]any{
		"city": map[string]any{"type": "string", "description": "name of the city"},
		"unit": map[string]any{"type": "string", "enum": []string{"celsius", "kelvin"}},
	}}}

var clock = tool{"get_time", "The time of a place.", map[string]any{
	"type": "object", "additionalProperties": false, "required": []string{"place"},
	"properties": map[string]any{"place": map[string]any{"type": "string"}}}}

// placeSchema is nested, with an enum and a definition.
func placeSchema() map[string]any {
	return map[string]any{
		"type": "object", "additionalProperties": false, "required": []string{"city", "kind", "at"},
		"properties": map[string]any{
			"city": map[string]any{"type": "string"},
			"kind": map[string]any{"type": "string", "enum": []string{"town", "village"}},
			"at":   map[string]any{"$ref": "#/$defs/point"},
		},
		"$defs": map[string]any{"point": map[string]any{"type": "object", "additionalProperties": false, "required": []string{"lat", "lon"},
			"properties": map[string]any{"lat": map[string]any{"type": "number"}, "lon": map[string]any{"type": "number"}}}},
	}
}

// picture is a small PNG.
func picture() file {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 9, 7))); err != nil {
		panic(err) // a picture in memory can be written
	}
	return file{"image/png", b.Bytes()}
}

func pdf() file {
	return file{"application/pdf", []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")}
}

// seen is how the stand-in tells of a file: size and the start of its sum.
func seen(f file) string {
	sum := sha256.Sum256(f.data)
	return fmt.Sprintf("%d bytes %x", len(f.data), sum[:4])
}

// signed is what the stand-in of a family signs with.
func signed(family string) string {
	name := map[string]string{"bedrock": "converse"}[family]
	if name == "" {
		name = family
	}
	return base64.StdEncoding.EncodeToString([]byte("signed by the stand-in of " + name + " \xff\xfe/+"))
}

func user(text string) turn { return turn{text: text} }

// quoted shortens a text for a message.
func quoted(s string) string {
	if len(s) > 120 {
		s = s[:120] + "…"
	}
	return strings.ReplaceAll(fmt.Sprintf("%q", s), "\\u00a0", "\u00a0")
}
