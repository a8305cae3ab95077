package hotpath

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"testing"
	"time"
)

// A form of 25 MB reaches a provider that reads slowly, and the next one when the first
// will not have it, byte for byte but for its model.
func TestUpload(t *testing.T) {
	file := make([]byte, 25<<20)
	for i := range file {
		file[i] = byte(i * i >> 7)
	}
	want := fmt.Sprintf("%x real-p1 audio.wav", sha256.Sum256(file))
	for _, modelFirst := range []bool{true, false} {
		lanes(t, func(t *testing.T, loops int) {
			busy := http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
				io.CopyN(io.Discard, q.Body, 1<<20)
				w.WriteHeader(503)
			})
			slow := http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
				time.Sleep(50 * time.Millisecond)
				if err := q.ParseMultipartForm(32 << 20); err != nil {
					fmt.Fprint(w, err)
					return
				}
				f, h, err := q.FormFile("file")
				if err != nil {
					fmt.Fprint(w, err)
					return
				}
				sum := sha256.New()
				io.Copy(sum, f)
				fmt.Fprintf(w, "%x %s %s", sum.Sum(nil), q.FormValue("model"), h.Filename)
			})
			r := newRig(t, loops, busy, slow)
			var body bytes.Buffer
			m := multipart.NewWriter(&body)
			if modelFirst {
				m.WriteField("model", "m")
			}
			part, _ := m.CreateFormFile("file", "audio.wav")
			part.Write(file)
			if !modelFirst {
				m.WriteField("model", "m")
			}
			m.Close()
			q, _ := http.NewRequest("POST", "http://"+r.addr+"/v1/audio/transcriptions", &body)
			q.Header.Set("Content-Type", m.FormDataContentType())
			q.Header.Set("Authorization", "Bearer "+testKey)
			a, err := http.DefaultClient.Do(q)
			if err != nil {
				t.Fatal(err)
			}
			defer a.Body.Close()
			if got, _ := io.ReadAll(a.Body); string(got) != want || a.StatusCode != 200 {
				t.Errorf("model first %v: got %d %.200s, want %s", modelFirst, a.StatusCode, got, want)
			}
		})
	}
}
