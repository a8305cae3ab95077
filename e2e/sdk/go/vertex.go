package main

import (
	"context"
	"net/http"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"
	"github.com/anthropics/anthropic-sdk-go/vertex"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
	"google.golang.org/genai"
)

// anthropicVertex asks for Claude at Vertex AI; the virtual key is the token. As with Bedrock
// the SDK knows its own paths only behind a base URL that has none.
func anthropicVertex(p *place) *sdk {
	token := &google.Credentials{ProjectID: "p", TokenSource: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: p.key})}
	c := anthropic.NewClient(vertex.WithCredentials(context.Background(), "us-east5", "p", token), option.WithBaseURL(p.base+"/"))
	s := messagesOver("anthropic-sdk-go vertex", "anthropic", &c)
	messageCounts(p, s, &c)
	return s
}

// googleVertex is the SDK of Gemini in its mode for Vertex AI: with an HTTP client of one's own
// it looks for no credential.
func googleVertex(p *place) *sdk {
	s := genaiOver("genai vertex", p, &genai.ClientConfig{Backend: genai.BackendVertexAI, Project: "p", Location: "us-east5",
		HTTPClient:  &http.Client{},
		HTTPOptions: genai.HTTPOptions{BaseURL: p.base + "/genai/", Headers: map[string][]string{"Authorization": {"Bearer " + p.key}}}})
	delete(s.others, "models list")  // Vertex AI has no such list behind a project
	delete(s.others, "embed gemini") // the SDK knows by its name that this model takes one text at a time
	return s
}
