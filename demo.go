package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"

	"asbru/bench/mock"
	"asbru/core/config"
)

// demo starts the stand-in provider on a loopback port of its own and makes a
// document in which it serves every bare model name. It ends with ctx.
func demo(ctx context.Context) (*source, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("cannot start the stand-in provider: %w", err)
	}
	// Serve reports a listener that broke; its requests then fail with a fault
	// that says the provider cannot be reached, which is all there is to tell.
	go mock.Serve(ctx, l, mock.Options{})
	yes := true
	return &source{
		doc: &config.Document{
			AllowAnonymous: &yes,
			Providers: []config.Provider{{
				Name: "demo", Type: "openai-compatible", BaseURL: "http://" + l.Addr().String() + "/v1",
				Models:  []string{"gpt-4o-mini", "mock-tps-20", "*"},
				Network: config.Network{AllowPrivateNetwork: &yes},
			}},
		},
		demo:     true,
		announce: announceDemo,
	}, nil
}

// announceDemo prints lines that can be pasted. BASE stands for the address.
func announceDemo(w io.Writer, base string) {
	io.WriteString(w, strings.ReplaceAll(`asbru listens on BASE and answers from a built-in stand-in provider: no key, no network.

An answer
  curl BASE/v1/chat/completions -H 'Content-Type: application/json' \
    -d '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"Hello"}]}'

A stream, 20 tokens a second
  curl -N BASE/v1/chat/completions -H 'Content-Type: application/json' \
    -d '{"model":"mock-tps-20","stream":true,"messages":[{"role":"user","content":"Hello"}]}'

Python: pip install openai
  python3 -c 'from openai import OpenAI; print(OpenAI(base_url="BASE/v1", api_key="none").chat.completions.create(
    model="gpt-4o-mini", messages=[{"role": "user", "content": "Hello"}]).choices[0].message.content)'

Node: npm install openai
  node --input-type=module -e 'import OpenAI from "openai";
  const ai = new OpenAI({ baseURL: "BASE/v1", apiKey: "none" });
  const r = await ai.chat.completions.create({ model: "gpt-4o-mini", messages: [{ role: "user", content: "Hello" }] });
  console.log(r.choices[0].message.content);'

More names the stand-in provider knows: asbru mock --help. Ctrl-C ends it.
`, "BASE", base))
}
