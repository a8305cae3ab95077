package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// newCredential makes a credential that nobody outside of the process knows.
func newCredential() string {
	var b [32]byte
	rand.Read(b[:])
	return "own-" + hex.EncodeToString(b[:])
}

var errNoServer = errors.New("nothing is served yet")

// encode asks the front door for the embedding of a text, as the cache's own caller: whatever
// the provider speaks, its keys, breakers and limits are those of every request.
func (g *gateway) encode(ctx context.Context, model string, dims int, text string) ([]float32, error) {
	server := g.serves.Load()
	if server == nil {
		return nil, errNoServer
	}
	body, err := json.Marshal(struct {
		Model      string `json:"model"`
		Input      string `json:"input"`
		Format     string `json:"encoding_format"`
		Dimensions int    `json:"dimensions,omitempty"`
	}{model, text, "float", dims})
	if err != nil {
		return nil, fmt.Errorf("cannot write a request for an embedding: %w", err)
	}
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://front/v1/embeddings", bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("cannot ask for an embedding: %w", err)
	}
	q.Header.Set("Content-Type", "application/json")
	q.Header.Set("Authorization", "Bearer "+g.own)
	res, err := inside{server}.RoundTrip(q)
	if err != nil {
		return nil, fmt.Errorf("cannot ask for an embedding: %w", err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxEmbedding))
	if err != nil {
		return nil, fmt.Errorf("cannot read an embedding: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the provider answers %d: %s", res.StatusCode, raw[:min(len(raw), shownReply)])
	}
	var is struct {
		Data []struct {
			Embedding []float32 `json:"embedding"`
		} `json:"data"`
	}
	if err := json.Unmarshal(raw, &is); err != nil {
		return nil, fmt.Errorf("cannot read an embedding in %d bytes: %w", len(raw), err)
	}
	if len(is.Data) != 1 {
		return nil, fmt.Errorf("the provider answers with %d embeddings of one text", len(is.Data))
	}
	return is.Data[0].Embedding, nil
}
