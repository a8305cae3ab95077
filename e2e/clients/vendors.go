package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"asbru/e2e/clients/replay"
)

// A vendor is one whose recorded answers are compared: raw, and as the objects of its SDK.
type vendor struct {
	name, base string // of the provider; base is the path of its base_url
	door       string // path at asbru to which clients append the recorded path
	sdk        string // empty: there is none
}

// recordedVendors lists the vendors besides OpenAI.
var recordedVendors = []vendor{
	{"anthropic", "/v1", "/anthropic", "anthropic for Python"},
	{"gemini", "/v1beta", "/genai", "google-genai for Python"},
	{"cohere", "", "/cohere", "cohere for Python"},
	{"bedrock", "", "/bedrock", "boto3"},
}

// vendorSets compares what each vendor was recorded with.
func (t *tools) vendorSets(s *score, dir string) error {
	for _, v := range recordedVendors {
		from := filepath.Join(filepath.Dir(filepath.Clean(t.data)), v.name)
		cases, err := replay.Load(from)
		if err != nil {
			return err
		}
		if len(cases) == 0 {
			s.skip("recorded "+v.name, "there are no cases in "+from)
			continue
		}
		if err := t.vendorSet(s, dir, v, cases); err != nil {
			return err
		}
	}
	return nil
}

// vendorSet compares the recorded answers of one vendor, given directly and through asbru.
func (t *tools) vendorSet(s *score, dir string, v vendor, cases []*replay.Case) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: replay.Handler(cases, chunkRest), ReadHeaderTimeout: time.Minute}
	go srv.Serve(l)
	defer srv.Close()
	direct := "http://" + l.Addr().String()
	key := "api_key: " + upstreamKey
	if v.name == "bedrock" {
		key = "options: {region: us-east-1}, auth: {type: aws, access_key: AKIDSTANDIN, secret_key: " + upstreamKey + "}"
	}
	g, err := gateway(dir, t.asbru, fmt.Sprintf(`providers:
  - {name: %s, base_url: %s%s, %s, models: ["*"], breaker: {off: true, when_all_benched: try}, network: {allow_private_network: true}}
governance: {objects: {unrecorded: shown}} # recordings name things that nobody made
virtual_keys:
  - {name: clients, key: %s}
`, v.name, direct, v.base, key, virtualKey))
	if err != nil {
		return err
	}
	through := g.base + v.door
	compareRecorded(s, v.name, own(cases), direct, through)
	switch {
	case v.sdk == "":
	case t.vendorPython == "":
		s.skip(v.sdk, "the suites of every SDK are not installed; make sdk does that")
	default:
		err = t.vendorSDK(s, dir, v, [2]string{direct, through}, cases)
	}
	s.check("asbru", g.stop())
	s.end()
	return err
}

// own leaves out what asbru answers by itself, the lists of models, and what it cannot lead to a
// provider in this format: questions in that of another vendor, and those that name no model
// where one decides.
func own(cases []*replay.Case) (all []*replay.Case) {
	for _, c := range cases {
		path := c.Request.Path
		nameless := strings.HasSuffix(path, "/rerank") && !bytes.Contains(c.Request.Raw, []byte(`"model"`))
		if c.API != "models" && !nameless && !strings.Contains(path, "/chat/completions") && !strings.Contains(path, "/openai/") {
			all = append(all, c)
		}
	}
	return all
}

// vendorSDK has the vendor's SDK make each call at both base URLs, the provider's and asbru's: it must
// return the same objects.
func (t *tools) vendorSDK(s *score, dir string, v vendor, bases [2]string, cases []*replay.Case) error {
	type call struct {
		ID     string          `json:"id"`
		Path   string          `json:"path"`
		Stream bool            `json:"stream"`
		Body   json.RawMessage `json:"body"`
	}
	var calls []call
	for _, c := range own(cases) {
		if c.Response.RefusesKey() || len(c.Request.Raw) == 0 || c.Stream && c.Response.SSE == "" && c.Response.Events == "" {
			continue // asbru answers by itself; nothing was said; a stream that this SDK does not ask for
		}
		path, _, _ := strings.Cut(c.Request.Path, "?")
		calls = append(calls, call{c.ID, path, c.Stream, c.Request.Raw})
	}
	b, err := json.Marshal(calls)
	if err != nil {
		return err
	}
	file := filepath.Join(dir, v.name+".json")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		return err
	}
	cmd := []string{t.vendorPython, filepath.Join(t.suites, "python", "vendors.py")}
	s.begin(v.sdk + ": recorded provider")
	want, err := runSuite(cmd, "", []string{"BASE=" + bases[0], "VENDOR=" + v.name, "RECORDED=" + file})
	if err != nil {
		s.check("direct", err)
		return nil
	}
	got, err := runSuite(cmd, "", []string{"BASE=" + bases[1], "VENDOR=" + v.name, "RECORDED=" + file})
	if err != nil {
		s.check("through asbru", err)
	}
	byName := map[string]line{}
	for _, l := range got {
		byName[l.Case] = l
	}
	for _, l := range want {
		s.check(l.Case, compareLine(l, byName[cmp.Or(l.Case, "output")]))
	}
	if len(want) == 0 {
		s.check("cases", fmt.Errorf("the suite ran none"))
	}
	return nil
}
